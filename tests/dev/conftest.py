"""What the tests of the launcher and its servers share."""

import signal

import pytest

from tests.dev.launching import Launch, free_port


def passable(path):
    """pytest keeps its folders closed; opened, root's launcher has nothing to open and to say."""
    for folder in (path, *path.parents):
        if not folder.stat().st_mode & 0o001:
            folder.chmod(0o711)
    return path


@pytest.fixture
def var(tmp_path):
    """A place for VAR_DIRs."""
    return passable(tmp_path)


@pytest.fixture
def launch(var):
    launches = []

    def begin(folder=var / "var", port=None, **changes):
        launches.append(Launch(folder, port or free_port(), **changes))
        return launches[-1]

    yield begin
    for one in launches:
        if one.process.poll() is None:
            one.end(signal.SIGTERM)
        one.process.stdout.close()
        one.process.stderr.close()
        for process in one.processes():
            process.kill()


@pytest.fixture(scope="session")
def settled(tmp_path_factory):
    """A folder from which the site ran once until Ctrl-C, and the password that it printed then."""
    folder = passable(tmp_path_factory.mktemp("settled"))
    first = Launch(folder / "var", free_port())
    password = first.password()
    assert [first.end(), first.processes(), first.last_words()] == [0, [], (0, "")]
    return folder / "var", password
