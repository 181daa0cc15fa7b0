"""A minimal EXIF writer (TIFF 6.0, EXIF 2.3), because Pillow can't write a thumbnail into IFD1."""

import struct

BYTE, ASCII, SHORT, LONG, RATIONAL, UNDEFINED = 1, 2, 3, 4, 5, 7
_SIZE = {BYTE: 1, ASCII: 1, SHORT: 2, LONG: 4, RATIONAL: 8, UNDEFINED: 1}


def _encode(kind, value):
    if kind == ASCII:
        return value.encode("ascii") + b"\0"
    if kind in (BYTE, UNDEFINED):
        return bytes(value)
    values = value if isinstance(value, (list, tuple)) else [value]
    if kind == SHORT:
        return struct.pack(f"<{len(values)}H", *values)
    if kind == LONG:
        return struct.pack(f"<{len(values)}I", *values)
    return b"".join(struct.pack("<II", *pair) for pair in values)


def _ifd(entries, offset, following):
    """One directory whose first byte lies at `offset`; values over 4 bytes are laid behind it."""
    head = struct.pack("<H", len(entries))
    heap_at = offset + 2 + 12 * len(entries) + 4
    heap = b""
    for tag, kind, value in sorted(entries):
        raw = _encode(kind, value)
        count = len(raw) // _SIZE[kind]
        if len(raw) <= 4:
            field = raw.ljust(4, b"\0")
        else:
            field = struct.pack("<I", heap_at + len(heap))
            heap += raw + b"\0" * (len(raw) % 2)
        head += struct.pack("<HHI", tag, kind, count) + field
    return head, struct.pack("<I", following), heap


def _sized(entries):
    head, link, heap = _ifd(entries, 0, 0)
    return len(head) + len(link) + len(heap)


def build(make, model, taken, size, orientation=1, lens=None, exposure=(1, 60), iso=200, thumbnail=None) -> bytes:
    """APP1 payload (`Exif\\0\\0` + TIFF). `taken` is "YYYY:MM:DD HH:MM:SS"; `thumbnail` a whole JPEG file."""
    photo = [
        (0x829A, RATIONAL, [exposure]),
        (0x829D, RATIONAL, [(18, 10)]),
        (0x8827, SHORT, iso),
        (0x9000, UNDEFINED, b"0230"),
        (0x9003, ASCII, taken),
        (0x9004, ASCII, taken),
        (0x9209, SHORT, 16),
        (0x920A, RATIONAL, [(540, 100)]),
        (0xA001, SHORT, 1),
        (0xA002, LONG, size[0]),
        (0xA003, LONG, size[1]),
        (0xA403, SHORT, 0),
    ]
    if lens:
        photo.append((0xA434, ASCII, lens))
    main = [
        (0x010F, ASCII, make),
        (0x0110, ASCII, model),
        (0x0112, SHORT, orientation),
        (0x011A, RATIONAL, [(72, 1)]),
        (0x011B, RATIONAL, [(72, 1)]),
        (0x0128, SHORT, 2),
        (0x0131, ASCII, "camera 1.0"),
        (0x0132, ASCII, taken),
        (0x8769, LONG, 0),
    ]
    photo_at = 8 + _sized(main)
    main[-1] = (0x8769, LONG, photo_at)
    small_at = photo_at + _sized(photo)
    tiff = b"II*\0" + struct.pack("<I", 8)
    tiff += b"".join(_ifd(main, 8, small_at if thumbnail else 0))
    tiff += b"".join(_ifd(photo, photo_at, 0))
    if thumbnail:
        small = [(0x0103, SHORT, 6), (0x0201, LONG, 0), (0x0202, LONG, len(thumbnail))]
        small[1] = (0x0201, LONG, small_at + _sized(small))
        tiff += b"".join(_ifd(small, small_at, 0)) + thumbnail
    return b"Exif\0\0" + tiff
