"""What the tests of the launcher and its servers share."""

import pytest


@pytest.fixture
def var(tmp_path):
    """A place for VAR_DIRs. pytest keeps its folders closed; opened, root's launcher has nothing to open and to say."""
    for folder in (tmp_path, *tmp_path.parents[:2]):
        folder.chmod(0o711)
    return tmp_path
