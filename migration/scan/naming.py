"""Which operations a sign of a passage may be."""

from collections.abc import Sequence
from itertools import product

from legacygrid.migration.scan.hosts import without_prefix
from legacygrid.migration.scan.passages import Hole, Passage
from legacygrid.migration.scan.rules import BUILT_CALL, CALL, UNKNOWN_CALL, ScanRule
from legacygrid.migration.scan.signs import HOLE, Sign


def rule_of(sign: Sign) -> ScanRule:
    """What a sign is: a call, one whose name is put together, or a path of no operation."""
    if not sign.names:
        return UNKNOWN_CALL
    return BUILT_CALL if sign.is_built else CALL


def holes_of(sign: Sign, passage: Passage) -> tuple[Hole, ...]:
    """The holes of a name, of those that its passage has."""
    before = passage.holes_before(sign.begin)
    return passage.holes[before : before + sign.name.count(HOLE)]


def narrow(sign: Sign, holes: Sequence[Hole]) -> tuple[str, ...]:
    """The operations that a name may be, by what its holes may be."""
    words = [hole.words for hole in holes]
    if not sign.is_built or not all(words) or len(words) != sign.name.count(HOLE):
        return sign.names
    parts = sign.name.split(HOLE)
    names = {
        without_prefix(parts[0] + "".join(map("".join, zip(each, parts[1:], strict=True))))
        for each in product(*words)
    }
    return tuple(name for name in sign.names if name in names) or sign.names
