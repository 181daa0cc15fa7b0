"""What pictures say that stand for one that is gone, in words of our own after those that hosts use.

Two lists: even seeds draw from the one, odd seeds from the other, so that a rule that was tuned on one list is
measured on messages that it never saw.
"""

ODD = [
    "Image not found",
    "Sorry, this photo has been removed",
    "This picture is no longer available",
    "The file you requested could not be found",
    "Image unavailable",
    "No image",
    "Photo coming soon",
    "This media has been deleted by its owner",
    "Error 404: the picture does not exist",
    "This image has been moved or deleted",
    "Preview not available",
    "Failed to load image",
    "This content has expired",
    "Picture blocked: hotlinking is forbidden",
    "No photo available",
    "الصورة غير متوفرة",
    "تم حذف هذه الصورة",
    "عذرا، لم يتم العثور على الصورة",
]
EVEN = [
    "We can't find the image you are looking for",
    "This photo is currently unavailable",
    "Image removed by the user",
    "Sorry! That picture isn't here any more. It was deleted.",
    "No picture available",
    "The image could not be loaded",
    "403 Forbidden: this file cannot be shown on other sites",
    "Image has been deleted",
    "No thumbnail",
    "This content isn't available right now",
    "Photo not available",
    "Media not found",
    "Image missing",
    "This picture was removed for violating our terms",
    "The photo you requested no longer exists",
    "Image coming soon",
    "الصورة غير متاحة حاليا",
    "هذا المحتوى لم يعد متوفرا",
    "تعذر تحميل الصورة",
]


def messages(seed: int) -> list[str]:
    return EVEN if seed % 2 == 0 else ODD
