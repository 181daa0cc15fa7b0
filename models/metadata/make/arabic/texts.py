"""What the training lines say: words by frequency, numbers, names, mixed scripts."""

import gzip
import json
import random
import zipfile

from bidi import get_display

ARABIC_LETTERS = "ءآأؤإئابةتثجحخدذرزسشصضطظعغفقكلمنهوىيپچڤگ"
ARABIC_DIGITS = "٠١٢٣٤٥٦٧٨٩"
ARABIC_SIGNS = "،؛؟٪٫٬«»…–”“’•"
ASCII = "".join(map(chr, range(33, 127)))
OTHER = "£€°×÷éçèü©"
# In the order of the network's classes, after the blank.
CHARACTERS = ARABIC_LETTERS + ARABIC_DIGITS + ARABIC_SIGNS + ASCII + OTHER + " "
MARKS = "\u064b\u064c\u064d\u064e\u064f\u0650\u0651\u0652"
TATWEEL = "ـ"
WORDS = "spellchecker/resources/{}.json.gz"
# Spoken Egyptian and what chats, cards and pages are full of, rare in subtitles.
EGYPTIAN = """ده دي دول كده عشان علشان مش ايه إيه ازيك إزيك عايز عايزة فين امتى إمتى ليه برضه بقى خلاص طيب
ماشي تمام بجد اوي أوي النهاردة بكرة امبارح دلوقتي يلا يعني معلش بتاع بتاعة بتاعي حاجة حاجات كويس كويسة
جامد لسه خالص اللي عليا عليك معايا معاك هنا هناك زي ازاي إزاي كمان تاني تانية فيه مفيش عندي عندك مبروك
المحاضرة المحاضرات الامتحان السكشن الدكتور المعيد الكلية الجامعة المادة الفصل الباب السؤال الإجابة مثال
تعريف القانون النظرية الدرس الوحدة صفحة الصف الثانوي الإعدادي الفرقة الأولى الثانية الثالثة الرابعة
صباح الخير مساء جمعة مباركة رمضان كريم عيد سعيد كل عام وأنتم بخير اللهم صل وسلم على سيدنا محمد سبحان الله
وبحمده العظيم الحمد لله أستغفر استغفر ولا إله إلا حول قوة بالله رب العالمين يارب آمين الرحمن الرحيم
مشاركة إعجاب تعليق تعليقات متابعة إرسال رسالة مجموعة اليوم أمس متصل الآن آخر ظهور حذف نسخ رد إعادة توجيه
جنيه ريال دينار سعر خصم عرض توصيل مجانا للطلب واتساب فيسبوك انستجرام يوتيوب تويتر صورة فيديو ملف""".split()
LATIN_EXTRA = """WhatsApp Facebook Instagram YouTube iPhone Android Google Zoom PDF WiFi ok OK online video
lecture section quiz final midterm Python CSS HTML SQL Word Excel PowerPoint LIKE Share Netflix Samsung""".split()


class Texts:
    """Draws what a line says. `wheel` is pyspellchecker, whose frequency lists are used."""

    def __init__(self, wheel, seed):
        self.random = random.Random(seed)
        self.arabic = self.words(wheel, "ar", set(ARABIC_LETTERS))
        self.latin = self.words(wheel, "en", set("abcdefghijklmnopqrstuvwxyz'"))

    @staticmethod
    def words(wheel, language, letters):
        with zipfile.ZipFile(wheel) as archive:
            counts = json.loads(gzip.decompress(archive.read(WORDS.format(language))))
        kept = [(word, count) for word, count in counts.items() if set(word) <= letters and len(word) < 15]
        # Flatter than in the source, so that rare words and spellings are seen too.
        total, cumulative = 0.0, []
        for _, count in kept:
            total += count**0.5
            cumulative.append(total)
        return [word for word, _ in kept], cumulative

    def word(self, script):
        words, cumulative = self.arabic if script == "arabic" else self.latin
        return self.random.choices(words, cum_weights=cumulative)[0]

    def arabic_word(self):
        draw = self.random.random()
        if draw < 0.12:
            return self.random.choice(EGYPTIAN)
        if draw < 0.18:  # Any letters at all, so that the network does not guess words.
            return "".join(self.random.choices(ARABIC_LETTERS[:-4], k=self.random.randint(1, 8)))
        if draw < 0.185:
            return "".join(self.random.choices(ARABIC_LETTERS, k=self.random.randint(2, 5)))
        return self.word("arabic")

    def latin_word(self):
        draw = self.random.random()
        if draw < 0.25:
            return self.random.choice(LATIN_EXTRA)
        if draw < 0.3:
            return "".join(self.random.choices(ASCII[32:58] + ASCII[:1] + ASCII[64:90], k=self.random.randint(1, 7)))
        word = self.word("latin")
        return self.random.choice([word, word, word.capitalize(), word.upper()])

    def number(self, digits):
        r = self.random
        pick = lambda k: "".join(r.choices(digits, k=k))
        arabic = digits == ARABIC_DIGITS
        kind = r.random()
        if kind < 0.35:
            return pick(r.choice([1, 1, 2, 2, 3, 4, 5]))
        if kind < 0.5:
            return f"{pick(r.randint(1, 2))}:{pick(2)}"
        if kind < 0.65:
            return r.choice("/-.").join([pick(r.randint(1, 2)), pick(r.randint(1, 2)), pick(r.choice([2, 4]))])
        if kind < 0.75:
            return pick(r.randint(1, 3)) + r.choice(".٫" if arabic else ".,") + pick(r.randint(1, 3))
        if kind < 0.83:
            return pick(r.randint(1, 3)) + r.choice("٪%" if arabic else "%")
        if kind < 0.9:
            return pick(r.choice([10, 11]))
        if kind < 0.95:
            return f"({pick(r.randint(1, 2))})"
        return r.choice(["+", "-", "#", "$"]) + pick(r.randint(1, 4))

    def any_number(self):
        return self.number(ARABIC_DIGITS if self.random.random() < 0.55 else "0123456789")

    def punctuated(self, words):
        """Words with the signs of ordinary text."""
        r = self.random
        for index in range(len(words)):
            draw = r.random()
            if draw < 0.05:
                words[index] += r.choice("،،،:؛.")
            elif draw < 0.065:
                words[index] = r.choice(["({})", "«{}»", '"{}"', "[{}]"]).format(words[index])
            elif draw < 0.075:
                words[index] += r.choice([" -", " –", " +", " =", "/", " *", " &", " •"])
        draw = r.random()
        if draw < 0.12:
            words[-1] += r.choice([".", ".", "...", "…", "!", "!!", "؟", "؟", "؟؟", ":", "،"])
        elif draw < 0.14:
            words[0] = r.choice(["- ", "• ", "* ", "١- ", "1- ", "1) ", "أ) "]) + words[0]
        return " ".join(words)

    def logical(self):
        """The text of a line in reading order, and whether it runs from right to left."""
        r = self.random
        draw = r.random()
        if draw < 0.07:
            return " ".join(self.number(ARABIC_DIGITS) for _ in range(r.choice([1, 1, 1, 2]))), True
        if draw < 0.09:
            return " ".join(self.number("0123456789") for _ in range(r.choice([1, 1, 2]))), True
        if draw < 0.20:
            words = [self.latin_word() for _ in range(r.randint(1, 5))]
            if r.random() < 0.25:
                words.insert(r.randrange(len(words) + 1), self.number("0123456789"))
            if r.random() < 0.2:
                words[-1] += r.choice(".,!?:;")
            return " ".join(words), False
        words = [self.arabic_word() for _ in range(r.choice([1, 2, 2, 3, 3, 4, 4, 5, 6, 7, 8]))]
        if r.random() < 0.15:
            words.insert(r.randrange(len(words) + 1), self.any_number())
        if r.random() < 0.10:
            words.insert(r.randrange(len(words) + 1), self.latin_word())
        return self.punctuated(words), True

    def marked(self, text):
        """With vowel marks or tatweel, which are drawn but not read."""
        r = self.random
        draw, marked = r.random(), []
        share = 0.6 if draw < 0.03 else 0.08 if draw < 0.07 else 0.0
        stretch = 0.05 if r.random() < 0.04 else 0.0
        for index, character in enumerate(text):
            marked.append(character)
            if character in "بتثجحخسشصضطظعغفقكلمنهي" and text[index + 1 : index + 2] in set(ARABIC_LETTERS):
                if r.random() < stretch:
                    marked.append(TATWEEL * r.randint(1, 4))
            if "ء" <= character <= "ي" and r.random() < share:
                marked.append(r.choice(MARKS))
        return "".join(marked)


MIRRORED = str.maketrans("()[]<>«»{}", ")(][><»«}{")


def visual(text, right_to_left):
    """From left to right, as the line is displayed (UAX #9), brackets as they look there."""
    # Brackets stand in right-to-left runs here: Latin words never have them.
    shown = get_display(text, base_dir="R" if right_to_left else "L")
    return shown.translate(MIRRORED) if right_to_left else shown
