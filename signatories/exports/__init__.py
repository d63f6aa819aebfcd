"""Files with signatories: the public one for anybody, and those that staff take out, which are logged."""

from signatories.exports.public import public_response
from signatories.exports.staff import ReasonMissing, export_response

__all__ = ["ReasonMissing", "export_response", "public_response"]
