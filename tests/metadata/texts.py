"""What the pictures of the evaluation say: written for it, in the tone of chats, memes,
greetings and course pages, in English and in Egyptian and standard Arabic."""

CHAT_EN = """\
hey are you home yet?
running late, be there at 7:30
can you buy milk and bread please
lol that was so funny
Where did you park the car?
see you tomorrow at the station
I sent you the photos
ok thanks a lot!
Mum says dinner is ready
did you finish the homework?
call me when you are free
The train leaves at 18:45
my new number is 0100 555 7821
no worries, take your time
what time does the shop close
I'm stuck in traffic on the bridge
happy birthday my dear friend
let's meet at 5 pm near the gate
that costs 250 pounds, too much
send me the link again
we won 3-1, what a match!
typing...
yesterday
online
Delivered
good night, sleep well
Are we still on for Friday?
the doctor moved it to 11:15
please don't forget the keys
wow, look at this""".splitlines()

CHAT_AR = """\
انت فين دلوقتي؟
وصلت البيت من ساعة
هات معاك عيش ولبن
ممكن تكلمني لما تفضى
الحمد لله كله تمام
هنتقابل بكرة الساعة 7
مش فاهم انت عايز ايه
ابعتلي الصور بتاعة امبارح
الجو حر اوي النهاردة
ماما بتسلم عليك
خلصت المذاكرة ولا لسه؟
طيب انا نازل حالا
الميعاد اتغير لبكرة الصبح
رقمي الجديد 01005557821
شكرا جدا يا صاحبي
ربنا يخليك لينا
الفلوس وصلت؟ 350 جنيه
هو احنا هنسافر امتى
متنساش المفتاح معاك
صباح الفل على عيونك
تصبح على خير
اه طبعا جاي معاكم
القطر هيتحرك الساعة ٦:٤٥
يلا بينا ناكل كشري
الماتش خلص 2 صفر
متصل الآن
آخر ظهور اليوم
كلم باباك ضروري
عندي امتحان يوم الخميس
والله وحشتني كتير""".splitlines()

MEME_EN = """\
WHEN YOU FINALLY FIX THE BUG
ONE DOES NOT SIMPLY
WAKE UP EARLY ON MONDAY
ME AFTER ONE COFFEE
NOBODY TOLD ME ABOUT THE EXAM
I SAID FIVE MORE MINUTES
THAT FACE YOU MAKE
WHEN THE WIFI STOPS WORKING
BRACE YOURSELVES
WINTER HOLIDAYS ARE OVER
SUCH HOMEWORK MUCH WOW
STUDYING ALL NIGHT
FORGETS HIS OWN NAME
MY PHONE AT 1 PERCENT
ALARM GOES OFF AT 6:00""".splitlines()

MEME_AR = """\
لما تصحى من النوم متأخر
وانا مالي يا عم
لما النت يفصل قبل الماتش
شكلك يوم الامتحان
اول يوم في الشغل
لما امك تلاقي موبايلك
هو انا ناقص
لما صاحبك يقولك خمس دقايق
يا خسارة الفلوس
انا وصحابي في الجامعة
الدكتور قال الامتحان سهل
لما تفتح التلاجة كل شوية
مين اللي اكل الكيكة
عايز انام بس مش عارف
لما المرتب يخلص يوم 3""".splitlines()

CARD_EN = """\
Good Morning
Have a beautiful day
Happy Birthday to you
Eid Mubarak
Best wishes for the new year
Thank you for everything
Congratulations on your wedding
With love from all of us
May your days be bright
Happy Mother's Day
Ramadan Kareem
Wishing you joy and peace
Get well soon
You are invited to our party
Saturday 14 June 2025""".splitlines()

CARD_AR = """\
صباح الخير والسعادة
كل عام وأنتم بخير
عيد مبارك عليكم
رمضان كريم
جمعة مباركة
اللهم صل على سيدنا محمد
عيد ميلاد سعيد
مساء الورد والياسمين
اللهم ارزقنا راحة البال
نتمنى لكم يوما سعيدا
تقبل الله منا ومنكم
ألف مبروك الخطوبة
اللهم بلغنا رمضان
أسعد الله صباحكم بكل خير
لا حول ولا قوة إلا بالله""".splitlines()

PAGE_EN = """\
Lecture 4: Linear regression
The cost function measures the mean squared error
between the predicted and the observed values.
Chapter 2 Cells and tissues
A cell is the smallest unit of a living organism.
Water boils at 100 degrees at sea level.
Question 3: solve for x when 2x + 5 = 17
Answer: x = 6
The French Revolution began in 1789.
Figure 7. Supply and demand in a free market
Read pages 112 to 130 before next week.
Let f(x) = 3x + 2 and g(x) = x - 4
Photosynthesis turns light into chemical energy.
Course code CS 101, Autumn term
An array stores elements of the same type.
Each student submits one report by email.
The area of a circle is 3.14 times r squared
Newton's first law describes inertia.
Office hours: Monday and Wednesday, 10:00 - 12:00
Table 5 lists the results of all twelve trials.
Memory is divided into pages of equal size.
Grades: midterm 30%, project 20%, final 50%
In the next section we discuss recursion.
The heart has four chambers and four valves.""".splitlines()

PAGE_AR = """\
المحاضرة الرابعة: مقدمة في الاقتصاد
تعريف علم الاجتماع وأهم فروعه
الفصل الثاني: الخلية الحية
يتكون الجهاز العصبي من المخ والحبل الشوكي
السؤال الأول: اختر الإجابة الصحيحة
درجة غليان الماء 100 درجة مئوية
قامت ثورة يوليو عام 1952 في مصر
الطاقة لا تفنى ولا تستحدث من العدم
تنقسم الجملة إلى اسمية وفعلية
اذكر ثلاثة أسباب لتلوث البيئة
مساحة الدائرة تساوي ٣٫١٤ في مربع نصف القطر
يبدأ الامتحان في الساعة 9 صباحا
يعتبر نهر النيل من أطول أنهار العالم
قسم الحاسبات والمعلومات - الفرقة الثالثة
راجع الصفحات من 45 إلى 60
أولا: أهداف المقرر الدراسي
تعتمد الزراعة على خصوبة التربة والري
العوامل المؤثرة في سرعة التفاعل
يجب تسليم التقرير قبل نهاية الأسبوع
تطورت وسائل الاتصال بشكل كبير
مجموع زوايا المثلث ١٨٠ درجة
ثانيا: خصائص المواد الصلبة
الدرجة النهائية 50 درجة
يستخدم الطالب الجدول رقم 3 للحل""".splitlines()

# Both scripts in one line.
MIXED = """\
اتفرج على video ده
محاضرة Python الساعة 10
خصم 50% على iPhone
ابعت الايميل على Gmail
Meeting مهم بكرة
اعمل download للبرنامج
كورس English للمبتدئين
انا في Mall العرب""".splitlines()

# Without letters: neither script is wrong for them.
TIMES = "10:45|7:30|23:59|12:01|08:15|6:20|18:04|9:47|16:33|21:10".split("|")
# The same in the digits of Arabic, and dates, prices and telephone numbers.
TIMES_AR = "١٠:٤٥|٧:٣٠|٢٣:٥٩|١٢:٠١|٠٨:١٥|٦:٢٠|١٨:٠٤|٩:٤٧|١٦:٣٣|٢١:١٠".split("|")
NUMBERS_AR = "٢٠٢٤/٩/٢٤|١٥-٣-١٩٩٨|٠١٢٣٤٥٦٧٨٩٠|٪٥٠|١٢٫٥٠|٣٦٠|١٩٧٣|٢٥/١٢|(٧)|٩٨٧٦٥".split("|")
NAMES_EN = "Sara|Omar K.|Study group|Uncle Adel|Work team|Nadia|Football".split("|")
NAMES_AR = "أحمد سمير|ماما|جروب الدفعة|منى|خالد|شلة الجامعة|عمو حسن".split("|")
