"""Which tests run in one process when there are several."""

from xdist.scheduler import LoadScopeScheduling

JOURNEYS = "tests/journeys/"


class JourneysTogether(LoadScopeScheduling):
    """All journeys go to one worker, so that their sites start once. It gets them first.

    The others are dealt out one by one. This is what `--dist loadgroup` is for, but it marks
    the group in an attribute of the tests that pytest 9.2 no longer reads.
    """

    def _split_scope(self, nodeid: str) -> str:
        return JOURNEYS if nodeid.startswith(JOURNEYS) else nodeid
