"""What pictures say that stand for one that is gone, in words of our own after those that hosts use.

Four lists, by the seed's remainder: a rule that was tuned on one is measured on messages that it never saw.
"""

FIRST = [
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
SECOND = [
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


THIRD = [
    "This image is currently not available",
    "Sorry, the page you are looking for doesn't exist",
    "Oops! This photo can't be found",
    "This video or image was taken down",
    "Image hosting expired",
    "Access denied: image hotlinking disabled",
    "The requested picture was not found on this server",
    "This post has been removed by moderators",
    "Image blocked in your country",
    "Thumbnail unavailable",
    "Picture not available at this time",
    "This attachment is no longer accessible",
    "Photo was deleted by the author",
    "تم إزالة هذا المحتوى",
    "هذه الصورة محذوفة",
    "الصورة لم تعد متاحة",
    "لا يمكن عرض الصورة",
]
FOURTH = [
    "Unfortunately the image you want is gone",
    "Link expired",
    "This photo is private",
    "Whoops! We lost that picture",
    "Image removed at the request of the owner",
    "The photo is temporarily unavailable. Please try again later.",
    "You don't have permission to view this image",
    "This page isn't available. The link may be broken.",
    "Original image no longer hosted here",
    "Image does not exist on this server",
    "Picture withdrawn",
    "Content not available in your region",
    "File has been purged",
    "Could not load the photo",
    "هذه الصورة لم تعد موجودة على الخادم",
    "عذرا، هذا المنشور غير متاح الآن",
    "حدث خطأ أثناء تحميل الصورة",
]


def messages(seed: int) -> list[str]:
    return (FIRST, SECOND, THIRD, FOURTH)[seed % 4]
