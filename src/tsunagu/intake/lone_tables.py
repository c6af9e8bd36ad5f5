"""A table that came alone although it is part of a delivery of several: said so, instead of "unknown layout"."""

from collections.abc import Collection, Sequence

from tsunagu.catalog.feeds import Feed
from tsunagu.intake import read_zip
from tsunagu.intake.detect import DecodedText
from tsunagu.intake.match import fold_header
from tsunagu.intake.read_csv import read_header
from tsunagu.intake.refusals import FileRefusedError

_FEWEST_HEADINGS = 2
_LEAST_KNOWN_SHARE = 0.6


def find_lone_table(
    file_name: str, texts: Sequence[DecodedText], feeds: Collection[Feed]
) -> FileRefusedError | None:
    """The refusal of a CSV that has the name or the headings of one table of a ZIP; None when it has not."""
    for feed in feeds:
        if file_name in (*_list_names(feed), *read_zip.get_shape(feed).others):
            return _refuse_lone_table(feed, file_name)
    for text in texts:
        headings = {fold_header(heading) for heading in read_header(text.path, ",", 1)[0]}
        best = max(
            (
                (_count_known(headings, feed, name), feed, name)
                for feed in feeds
                for name in _list_names(feed)
            ),
            key=lambda found: found[0],
            default=None,
        )
        if best and best[0] >= max(_FEWEST_HEADINGS, _LEAST_KNOWN_SHARE * len(headings)):
            return _refuse_lone_table(best[1], best[2])
    return None


def _list_names(feed: Feed) -> Sequence[str]:
    return read_zip.get_shape(feed).table_files


def _count_known(headings: set[str], feed: Feed, name: str) -> int:
    prefix = f"{name.removesuffix('.csv')}."
    declared = {
        column.header.removeprefix(prefix) for column in feed.columns if column.header.startswith(prefix)
    }
    shape = read_zip.get_shape(feed)
    declared |= {table.key for table in shape.tables if table.file == name}
    return len(headings & {fold_header(header) for header in declared})


def _refuse_lone_table(feed: Feed, name: str) -> FileRefusedError:
    return FileRefusedError(
        "lone_table",
        f"{feed.title.ja}（{feed.id}）の表の一つ（{name}）だけが届きました。",
        why="ほかの表がそろわないと、誰がどの学校のどの学級にいるのかが分かりません。",
        todo="表を取り出さず、ZIP のままもらってください。",
    )
