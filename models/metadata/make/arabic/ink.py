"""The core's view of a line (recognize/ink.rs): ink 255 on paper 0, trimmed."""

import numpy as np

LOW_CONTRAST, PAPER_SHARE, INK_SHARE, MIN_SPAN, IS_INK = 48, 0.10, 0.995, 24.0, 110


def quantile(histogram, share):
    return int(np.searchsorted(np.cumsum(histogram), share * histogram.sum()))


def spread(values):
    histogram = np.bincount(values.ravel(), minlength=256)
    return quantile(histogram, INK_SHARE) - quantile(histogram, 1 - INK_SHARE)


def grey(rgb):
    luma = ((rgb.astype(np.uint32) @ np.array([299, 587, 114], np.uint32) + 500) // 1000).astype(np.uint8)
    best, widest = luma, spread(luma)
    if widest < LOW_CONTRAST:
        for channel in range(3):
            values = np.ascontiguousarray(rgb[:, :, channel])
            if (span := spread(values)) > widest:
                best, widest = values, span
    return best


def otsu(histogram):
    values = np.arange(256, dtype=np.float64)
    count, part = np.cumsum(histogram).astype(np.float64), np.cumsum(values * histogram)
    rest, total = count[-1] - count, part[-1]
    with np.errstate(divide="ignore", invalid="ignore"):
        between = count * rest * (part / count - (total - part) / rest) ** 2
    return int(np.nan_to_num(between, nan=-1.0, posinf=-1.0).argmax())


def ink(rgb):
    """Height × width × 3 bytes to the trimmed ink of the line; None without any."""
    values = grey(rgb)
    histogram = np.bincount(values.ravel(), minlength=256)
    light = values > otsu(histogram)
    border = np.concatenate([light[:, 0], light[:, -1], light[0], light[-1]])
    if border.mean() + light.mean() >= 1.0:
        values, histogram = 255 - values, histogram[::-1]
    low = float(quantile(histogram, PAPER_SHARE))
    high = max(float(quantile(histogram, INK_SHARE)), low + MIN_SPAN)
    stretched = ((values.astype(np.float32) - low) * 255.0 / (high - low) + 0.5).clip(0, 255).astype(np.uint8)
    is_ink = stretched >= IS_INK
    rows, columns = np.flatnonzero(is_ink.any(1)), np.flatnonzero(is_ink.any(0))
    if not len(rows):
        return None
    return stretched[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
