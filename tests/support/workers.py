"""Which tests run in one process when there are several."""

from xdist.scheduler import LoadScopeScheduling

TOGETHER = ("tests/journeys/", "tests/pages/")


class FoldersTogether(LoadScopeScheduling):
    """All tests of such a folder go to one worker, so that their sites start once. They come first.

    The others are dealt out one by one. This is what `--dist loadgroup` is for, but it marks
    the group in an attribute of the tests that pytest 9.2 no longer reads.
    """

    def _split_scope(self, nodeid: str) -> str:
        return next((folder for folder in TOGETHER if nodeid.startswith(folder)), nodeid)
