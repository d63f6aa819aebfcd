"""The desk of moderators and managers: the queue, the register, the trail, and the accounts of the staff."""

from signatories.admin.famous import FamousNameAdmin
from signatories.admin.organisations import OrganisationAdmin
from signatories.admin.signatures import SignatureAdmin
from signatories.admin.sweeps import SweepAdmin
from signatories.admin.trail import ExportLogAdmin, SignatureEventAdmin
from signatories.admin.users import StaffAdmin, StaffGroupAdmin

__all__ = [
    "ExportLogAdmin",
    "FamousNameAdmin",
    "OrganisationAdmin",
    "SignatureAdmin",
    "SignatureEventAdmin",
    "StaffAdmin",
    "StaffGroupAdmin",
    "SweepAdmin",
]
