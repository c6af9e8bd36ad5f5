"""Spoils files on purpose: text, workbooks, archives and names, each in seeded ways.

`spoil(dice, name, content)` gives another name and other bytes. Which way it was is said by the first value.
"""

import codecs
import io
import json
import struct
import zipfile
import zlib

CANARY = "秘密野架空子"
"""Stands in spoiled cells; must never come back in a message."""

NUMBERS = [
    "9" * 400,
    "1e308",
    "1e999",
    "NaN",
    "-0",
    "∞",
    "９" * 30,
    "99999999999999999999",
    "-1",
    "0x1F",
    "1,2,3",
    "½",
]
DATES = [
    *(
        "99999/99/99",
        "令和999年13月45日",
        "0000/00/00",
        "平成0年1月1日",
        "10000-01-01",
        "1/1/1",
        "明治1年1月1日",
    ),
    *(
        "R99.99.99",
        "昭和６４年１月８日",
        "2024-02-30",
        "令和元年",
        "２０２４年２月３０日",
        "9999-12-31",
        "0001-01-01",
    ),
    *("1e5", "45000", "-45000", "2024-04-01T25:61:61", "20240431", "H.0.0.0"),
]
FORMULAS = [
    *(
        "=1+1",
        "=cmd|' /C calc'!A0",
        "@SUM(1+1)",
        "+1+1",
        "-2+3",
        '=HYPERLINK("http://x","y")',
        "\t=1",
        "=DDE(a;b;c)",
    ),
]
ODD = [
    *(
        "\u202e",
        "\u200b",
        "\x1b[31m",
        "\x08",
        "\x7f",
        "\x85",
        "\u2028",
        "\x0b",
        "\x0c",
        "\ufeff",
        "\u0000",
        "\ufffd",
    ),
    *(
        "\ud7ff",
        "\uffff",
        "\U000e0041",
        "👨‍👩‍👧",
        "が",
        "辻󠄀",
        "\x1a",
        "\x1f",
        "{0}",
        "{file_id}",
        "%s",
        "$name",
        "';--",
    ),
]
NAMES = [
    *(
        "{stem}{ext}",
        "{stem};rm -rf{ext}",
        "{stem}'\"{ext}",
        "$name_{stem}{ext}",
        "{stem}\n{ext}",
        "-{stem}{ext}",
    ),
    *(
        "[*]?_{stem}{ext}",
        "\u202e{stem}{ext}",
        "\x1b[31m{stem}{ext}",
        "..{stem}{ext}",
        "{stem}.CSV",
        "{stem}",
        "...",
    ),
    *(
        "municipality.yaml",
        "HEAD.json",
        "a" * 200 + "{ext}",
        "{stem}.zip",
        "{stem}.json",
        "{stem}.txt",
        "{stem}.xlsx",
    ),
    *(
        "住民記録_全件_99999999.csv",
        "x_20250230.csv",
        "x_00000000.csv",
        "９９９９年度_20250605.csv",
        "x_999913.csv",
    ),
]


def spoil(dice, name, content):
    """The way, and the spoiled file."""
    if dice.random() < 0.1:
        template = dice.choice(NAMES)
        stem, dot, extension = name.rpartition(".")
        name = template.replace("{stem}", stem).replace("{ext}", dot + extension)
    ways = choose_ways(content)
    way = dice.choice([*ways, *ANY_WAYS] if dice.random() < 0.6 else ways)
    return way.__name__, name, way(dice, content)


def choose_ways(content):
    """What can go wrong with a file of this kind."""
    if content.startswith(b"PK"):
        return list(BOOK_WAYS if BOOK in unpack(content) else ZIP_WAYS)
    if content.startswith(b"\xd0\xcf"):
        return list(OLE_WAYS)
    return [*TEXT_WAYS, *JSON_WAYS * 3] if content.lstrip().startswith(b"{") else list(TEXT_WAYS)


def decode(content):
    if content.startswith(codecs.BOM_UTF16_LE):
        return content.decode("utf-16", errors="replace"), "utf-16"
    for codec in ("utf-8-sig", "cp932"):
        try:
            return content.decode(codec), codec
        except UnicodeDecodeError:
            continue
    return content.decode("latin-1"), "latin-1"


def encode(text, codec):
    return text.encode(codec, errors="surrogatepass" if codec.startswith("utf") else "replace")


def change_cells(dice, content, values, share=0.2):
    """Some cells below the first line become one of the values."""
    text, codec = decode(content)
    lines = text.split("\n")
    for place in range(1, len(lines)):
        cells = lines[place].split(",")
        for number in range(len(cells)):
            if dice.random() < share:
                cells[number] = dice.choice(values) + (CANARY if dice.random() < 0.1 else "")
        lines[place] = ",".join(cells)
    return encode("\n".join(lines), codec)


def put_bytes(dice, content, piece):
    place = dice.randrange(len(content) + 1)
    return content[:place] + piece + content[place:]


def reencode(dice, content):
    text, _ = decode(content)
    codec = dice.choice(
        ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "euc_jp", "cp932"]
    )
    return encode(text, codec)


def shift_out(_, content):
    return encode(decode(content)[0], "iso2022_jp")


def two_encodings(dice, content):
    text, _ = decode(content)
    half = dice.randrange(len(text))
    return encode(text[:half], "cp932") + encode(text[half:], "utf-8")


def put_nul(dice, content):
    return put_bytes(dice, content, b"\0" * dice.choice([1, 2, 1000]))


def put_bom(dice, content):
    return put_bytes(dice, content, dice.choice([codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE]))


def put_surrogate(dice, content):
    if dice.random() < 0.5:
        return put_bytes(dice, content, b"\xed\xa0\x80")
    return codecs.BOM_UTF16_LE + encode(decode(content)[0], "utf-16-le") + b"\x00\xd8,\x00"


def million_columns(dice, content):
    text, codec = decode(content)
    lines = text.split("\n")
    place = dice.choice([0, 0, 1, len(lines) - 1])
    lines[place] += dice.choice([",", ",x"]) * dice.choice([20_000, 300_000, 1_000_000])
    return encode("\n".join(lines), codec)


def long_cell(dice, content):
    text, codec = decode(content)
    place = dice.randrange(len(text))
    return encode(
        text[:place] + dice.choice('a,あ"') * dice.choice([70_000, 3_000_000]) + text[place:], codec
    )


def cut_off(dice, content):
    return content[: dice.randrange(len(content))]


def flip_bytes(dice, content):
    spoiled = bytearray(content)
    for _ in range(dice.choice([1, 3, 30])):
        spoiled[dice.randrange(len(spoiled))] = dice.randrange(256)
    return bytes(spoiled)


def mix_line_ends(dice, content):
    text, codec = decode(content)
    ends = ["\n", "\r", "\r\n", "\n\r", "\r\r\n", "\u2028", "\n\n", "\n \n"]
    return encode("".join(line + dice.choice(ends) for line in text.split("\n")), codec)


def put_quotes(dice, content):
    for _ in range(dice.choice([1, 1, 5])):
        content = put_bytes(dice, content, dice.choice([b'"', b'""', b"'", b'",', b',"', b'"\n', b"\\"]))
    return content


def odd_letters(dice, content):
    return change_cells(dice, content, [value + CANARY for value in ODD])


def huge_numbers(dice, content):
    return change_cells(dice, content, NUMBERS)


def absurd_dates(dice, content):
    return change_cells(dice, content, DATES)


def formulas(dice, content):
    return change_cells(dice, content, FORMULAS)


def odd_headings(dice, content):
    text, codec = decode(content)
    head, _, rest = text.partition("\n")
    cells = head.split(",")
    cells[dice.randrange(len(cells))] = dice.choice([*FORMULAS, *ODD, "", cells[0], cells[0] + "　"])
    return encode(",".join(cells) + "\n" + rest, codec)


def without_headings(_, content):
    text, codec = decode(content)
    return encode(text.partition("\n")[2], codec)


def move_columns(dice, content):
    text, codec = decode(content)
    rows = [line.split(",") for line in text.split("\n")]
    order = list(range(len(rows[0])))
    dice.shuffle(order)
    kept = order[: dice.choice([len(order), len(order) - 1, 1])]
    moved = [[row[place] for place in kept if place < len(row)] for row in rows]
    return encode("\n".join(",".join(row) for row in moved), codec)


def swap_lines(dice, content):
    text, codec = decode(content)
    lines = text.split("\n")
    for _ in range(dice.choice([1, 5])):
        one, other = dice.randrange(len(lines)), dice.randrange(len(lines))
        lines[one], lines[other] = lines[other], lines[one]
    return encode("\n".join(lines), codec)


def repeat_rows(dice, content):
    text, codec = decode(content)
    head, _, rest = text.partition("\n")
    return encode(head + "\n" + (rest.rstrip("\n") + "\n") * dice.choice([2, 300]), codec)


def other_delimiter(dice, content):
    text, codec = decode(content)
    return encode(text.replace(",", dice.choice(["\t", ";", "|", "，", ", "])), codec)


def almost_nothing(dice, content):
    text, codec = decode(content)
    head = text.partition("\n")[0]
    return encode(
        dice.choice(["", "\n", " ", "\n" * 5000, head, head + "\n", ",,,\n,,,", '"', "\x1a"]), codec
    )


def deep_json(dice, content):
    depth = dice.choice([10, 100_000])
    return dice.choice([b"[", b'{"a":']) * depth + b"1" + (b"]" * depth if dice.random() < 0.5 else b"")


def odd_json(dice, content):
    text = dice.choice(
        ['{"a":1,"a":2}', "[NaN]", '["\\ud800"]', "[1e999]", "[" + "9" * 5000 + "]", "{}", "[]", "[[]]"]
    )
    return text.encode()


def change_json(dice, content):
    """Values of other types and absurd values; names changed, gone or twice."""
    document = json.loads(content.decode("utf-8-sig"))
    text = json.dumps(_change_node(dice, document), ensure_ascii=dice.random() < 0.5)
    if dice.random() < 0.2:
        text = text.replace('{"', '{"番号":"9","', 3)
    return text.encode("utf-8", errors="surrogatepass")


def _change_node(dice, node):
    if dice.random() < 0.08:
        return dice.choice(
            [None, True, 1e300, -1, "", [], {}, [[]], {"a": {"b": []}}, CANARY, *NUMBERS, *DATES, *ODD]
        )
    if isinstance(node, dict):
        kept = {name: value for name, value in node.items() if dice.random() < 0.97}
        return {name: _change_node(dice, value) for name, value in kept.items()}
    if isinstance(node, list):
        return [_change_node(dice, value) for value in node]
    return node


def zipped(dice, content):
    name = dice.choice(
        [
            "data.csv",
            "../../data.csv",
            "/etc/passwd",
            "a\\b.csv",
            "manifest.csv",
            "x.zip",
            "C:x.csv",
            "a" * 300,
        ]
    )
    return pack({name: content})


def zipped_twice(dice, content):
    return pack({"inner.zip": pack({"data.csv": content}), "users.csv": content})


def bomb(dice, content):
    return pack(
        {
            dice.choice(["users.csv", "xl/workbook.xml", "[Content_Types].xml"]): b"0"
            * dice.choice([30 << 20, 90 << 20])
        }
    )


def many_members(dice, content):
    return pack({f"{number}.csv": b"a,b\n" for number in range(dice.choice([50, 1_500]))})


def spoiled_zip(dice, content):
    return flip_bytes(dice, zipped(dice, content))


def lying_zip(dice, content):
    """The directory says that the member is smaller than it is."""
    packed = bytearray(pack({"users.csv": content * 50}))
    place = packed.rfind(b"PK\x01\x02")
    packed[place + 24 : place + 28] = struct.pack("<I", dice.choice([0, 10, 0xFFFFFFFF]))
    return bytes(packed)


def ole_garbage(dice, content):
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + dice.randbytes(dice.choice([0, 500, 5000]))


def odd_records(dice, content):
    """Lengths and positions inside the workbook that cannot be."""
    spoiled = bytearray(content)
    for _ in range(dice.choice([1, 10])):
        place = dice.randrange(1024, len(spoiled) - 4)
        spoiled[place : place + 2] = struct.pack("<H", dice.choice([0, 1, 0x7FFF, 0xFFFF]))
    return bytes(spoiled)


def far_record(dice, content):
    """A cell in the last corner of the sheet."""
    place = content.find(struct.pack("<H", 0x0204), 1024)
    return (
        content[: place + 4]
        + struct.pack("<HH", *dice.choice([(65535, 255), (65535, 65535)]))
        + content[place + 8 :]
    )


def random_bytes(dice, content):
    return dice.randbytes(dice.choice([1, 50, 5000]))


def bomb_in_a_bomb(dice, content):
    inner = pack({"users.csv": b"0" * (20 << 20)})
    for _ in range(dice.choice([1, 4])):
        inner = pack({f"{number}.zip": inner for number in range(16)})
    return inner


def same_name_twice(dice, content):
    other = content[: len(content) // 2]
    return pack({"rows.csv": content, "rowz.csv": other, "people.csv": other}).replace(b"rowz", b"rows")


def symlink(dice, content):
    """A member that is a link to a file of the machine."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name in ("people.csv", "rows.csv"):
            link = zipfile.ZipInfo(name)
            link.create_system, link.external_attr = 3, 0xA1FF << 16
            archive.writestr(link, dice.choice(["/etc/passwd", "../../../var/HEAD.json", "rows.csv"]))
    return target.getvalue()


def outside_name(dice, content):
    """The archive's own tables under names that point somewhere else."""
    folder = dice.choice(["../", "/", "a/../../", "C:\\", "//host/share/", "a/", "./", "~/", "%2e%2e/"])
    members = unpack(content)
    chosen = dice.choice(sorted(members))
    return pack({(folder + name if name == chosen else name): text for name, text in members.items()})


def spoiled_member(dice, content):
    members = unpack(content)
    name = dice.choice(sorted(members))
    return change_member(content, name, lambda text: dice.choice(TEXT_WAYS)(dice, text))


def more_members(dice, content):
    name = dice.choice(
        ["x.csv", "people.csv.exe", ".rows.csv", "ROWS.CSV", "a" * 300, "__MACOSX/._rows.csv", "ｒｏｗｓ.csv"]
    )
    return pack(unpack(content) | {name: b"a\n"})


def pack(members):
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return target.getvalue()


def unpack(content):
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def change_member(content, name, change):
    members = unpack(content)
    members[name] = change(members.get(name, b""))
    return pack(members)


SHEET, STRINGS, BOOK = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/workbook.xml"
LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))


def xml_bomb(dice, content):
    doctype = f'<!DOCTYPE x [<!ENTITY l0 "ha">{LAUGHS}]>'.encode()
    member = dice.choice([SHEET, STRINGS])

    def change(xml):
        head, _, rest = xml.partition(b"?>")
        return head + b"?>" + doctype + rest.replace(b"<t>", b"<t>&l9;", 3)

    return change_member(content, member, change)


def outside_entity(dice, content):
    doctype = b'<!DOCTYPE x [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    return change_member(
        content, STRINGS, lambda xml: xml.replace(b"?>", b"?>" + doctype, 1).replace(b"<t>", b"<t>&x;", 1)
    )


def far_cell(dice, content):
    cell = dice.choice(
        [b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>', b'<row r="9"><c r="ZZZ9"/></row>']
    )
    return change_member(content, SHEET, lambda xml: xml.replace(b"</sheetData>", cell + b"</sheetData>"))


def book_formula(dice, content):
    cell = b'<c r="A9"><f>cmd|&apos; /C calc&apos;!A0</f><v>#REF!</v></c><c r="B9" t="str"><f>1+1</f><v>=1+1</v></c>'
    row = b'<row r="9">' + cell + b"</row>"
    return change_member(content, SHEET, lambda xml: xml.replace(b"</sheetData>", row + b"</sheetData>"))


def book_values(dice, content):
    values = [value.replace("&", "").replace("<", "") for value in (*NUMBERS, *DATES, *FORMULAS)]

    def change(xml):
        parts = xml.split(b"<t>")
        for place in range(1, len(parts)):
            if dice.random() < 0.2:
                parts[place] = dice.choice(values).encode() + parts[place]
        return b"<t>".join(parts)

    return change_member(content, STRINGS, change)


def book_numbers(dice, content):
    values = [b"1e308", b"NaN", b"-1", b"999999999999999999999", b"2958466", b"1e-320", b"x", b""]
    return change_member(
        content, SHEET, lambda xml: xml.replace(b"<v>", b"<v>" + dice.choice(values) + b"</v><v>", 40)
    )


def many_sheets(dice, content):
    sheets = b"".join(b'<sheet name="s%d" sheetId="%d" r:id="rId1"/>' % (n, n) for n in range(2, 800))
    return change_member(content, BOOK, lambda xml: xml.replace(b"</sheets>", sheets + b"</sheets>"))


def lost_member(dice, content):
    members = unpack(content)
    del members[dice.choice(sorted(members))]
    return pack(members)


def cut_member(dice, content):
    members = unpack(content)
    return change_member(
        content, dice.choice(sorted(members)), lambda xml: xml[: dice.randrange(len(xml) + 1)]
    )


def wrong_check_bytes(dice, content):
    spoiled = bytearray(content)
    place = spoiled.find(b"PK\x03\x04", dice.randrange(len(spoiled) // 2))
    spoiled[place + 14 : place + 18] = struct.pack("<I", zlib.crc32(b"other"))
    return bytes(spoiled)


TEXT_WAYS = (
    *(
        reencode,
        shift_out,
        two_encodings,
        put_nul,
        put_bom,
        put_surrogate,
        million_columns,
        long_cell,
        cut_off,
    ),
    *(flip_bytes, mix_line_ends, put_quotes, odd_letters, huge_numbers, absurd_dates, formulas, odd_headings),
    *(without_headings, move_columns, swap_lines, repeat_rows, other_delimiter),
)
JSON_WAYS = (change_json, cut_off, flip_bytes)
BOOK_WAYS = (
    *(xml_bomb, outside_entity, far_cell, book_formula, book_values, book_numbers, many_sheets, lost_member),
    *(cut_member, wrong_check_bytes, cut_off, flip_bytes),
)
ZIP_WAYS = (
    *(spoiled_member, spoiled_member, outside_name, more_members, lost_member, cut_member, wrong_check_bytes),
    *(cut_off, flip_bytes, same_name_twice, symlink),
)
OLE_WAYS = (cut_off, flip_bytes, put_nul, odd_records, far_record)
ANY_WAYS = (
    *(
        almost_nothing,
        deep_json,
        odd_json,
        zipped,
        zipped_twice,
        bomb,
        bomb_in_a_bomb,
        many_members,
        spoiled_zip,
    ),
    *(lying_zip, same_name_twice, symlink, ole_garbage, random_bytes),
)
