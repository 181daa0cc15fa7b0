//! Words chosen by hand before any rule was tried on them.

/// `form lemma`, comma-separated; ambiguous forms have the reading that chats have.
pub(super) const LEMMAS: &str = "\
went go, gone go, going go, goes go, was be, were be, been be, am be, is be, are be,
being be, had have, has have, having have, did do, does do, done do, doing do, said say,
says say, made make, making make, took take, taken take, taking take, came come,
coming come, saw see, seen see, sees see, knew know, known know, thought think,
thinking think, got get, getting get, gave give, given give, found find, told tell,
became become, left leave, leaving leave, felt feel, brought bring, began begin,
begun begin, kept keep, held hold, wrote write, written write, writing write,
stood stand, heard hear, meant mean, met meet, ran run, running run, paid pay, sat sit,
spoke speak, spoken speak, led lead, grew grow, lost lose, losing lose, fell fall,
fallen fall, sent send, built build, understood understand, drew draw, broke break,
broken break, spent spend, ate eat, eaten eat, eating eat, bought buy, caught catch,
chose choose, chosen choose, drank drink, drove drive, flew fly, forgot forget,
forgotten forget, sang sing, slept sleep, sleeping sleep, swam swim, swimming swim,
taught teach, threw throw, woke wake, wore wear, won win, children child, men man,
women woman, people people, feet foot, teeth tooth, mice mouse, geese goose, lives life,
wives wife, knives knife, leaves leaf, boxes box, cities city, babies baby,
stories story, parties party, days day, years year, wishes wish, friends friend,
memes meme, photos photo, heroes hero, buses bus, classes class, analyses analysis,
criteria criterion, phenomena phenomenon, students student, matrices matrix, tries try,
tried try, trying try, studies study, studied study, studying study, stopped stop,
stopping stop, planned plan, planning plan, liked like, liking like, loves love,
loved love, loving love, hoping hope, hopped hop, used use, using use, called call,
wanted want, looking look, playing play, worked work, watching watch, sharing share,
shared share, posted post, replied reply, blessed bless, laughed laugh, laughing laugh,
agreed agree, dying die, lying lie, better good, best good, worse bad, worst bad,
bigger big, biggest big, happier happy, happiest happy, faster fast, easier easy,
easiest easy, larger large, nicer nice, older old, morning morning, during during,
thing thing, nothing nothing, news news, this this, always always, yes yes, glass glass,
bus bus, his his, my my, us us, as as, happy happy, birthday birthday, under under,
number number, never never, water water, need need, red red, bed bed,
interesting interesting, university university, series series";

/// Glued words on which the bounds of the segmentation were chosen.
pub(super) const GLUED_TRIED: &str = "\
goodmorningmydear = good morning my dear, goodmorning = good morning,
happybirthday = happy birthday, happybirthdaytoyou = happy birthday to you,
thankyousomuch = thank you so much, iloveyou = i love you, eidmubarak = eid mubarak,
ramadankareem = ramadan kareem, thisisatest = this is a test, howareyou = how are you,
whereareyou = where are you, welcomehome = welcome home,
universityofcairo = university of cairo, computerscience = computer science,
whatsappimage = whatsapp image, followme = follow me, likeandshare = like and share,
goodnight = good night, merrychristmas = merry christmas, happynewyear = happy new year,
seeyoutomorrow = see you tomorrow, lastseentoday = last seen today,
machinelearning = machine learning, artificialintelligence = artificial intelligence,
pleasereply = please reply, ihavenoidea = i have no idea,
whenyourealize = when you realize, mylife = my life, topoftheworld = top of the world,
allthebest = all the best";

/// Words that must stay whole, used as [`GLUED_TRIED`].
pub(super) const WHOLE_TRIED: &str = "\
facebook, instagram, whatsapp, youtube, tiktok, telegram, linkedin, snapchat, mohamed,
mohammed, abdelrahman, abdallah, mostafa, mahmoud, hossam, yasmine, elsayed, sherif,
ibrahim, alexandria, zamalek, maadi, giza, heliopolis, tomorrow, something, everyone,
understand, breakfast, birthday, weekend, notification, microsoft, android, samsung,
huawei, javascript, tensorflow, polymorphism, eigenvalue, mitochondria, photosynthesis,
vodafone, hahahaha, lololol, nooooooo, loooool, screenshot, programming, without,
grandmother, tahrir, khaled, youssef, fatma, nourhan, abdelaziz, sisi, pharaoh, koshari,
habibi, inshallah, alhamdulillah, wallahi, recieve, definately, tommorow, asdfghjkl,
xkcdqwer";

/// Glued words that were set aside until the bounds stood.
pub(super) const GLUED_UNSEEN: &str = "\
goodevening = good evening, seeyousoon = see you soon, missyousomuch = miss you so much,
iamsosorry = i am so sorry, callmelater = call me later,
bestfriendsforever = best friends forever, weddingday = wedding day,
motivationmonday = motivation monday, throwbackthursday = throwback thursday,
photooftheday = photo of the day, nofilter = no filter,
facultyofengineering = faculty of engineering, datastructures = data structures,
operatingsystems = operating systems, linearalgebra = linear algebra,
chapterone = chapter one, finalexam = final exam, examresults = exam results,
dontworry = dont worry, godblessyou = god bless you, stayhome = stay home,
blackfriday = black friday, buyonegetonefree = buy one get one free,
freedelivery = free delivery, clickhere = click here, readmore = read more,
whatareyoudoing = what are you doing, iknowthatfeeling = i know that feeling,
nobodycares = nobody cares, meanwhileinegypt = meanwhile in egypt,
thestruggleisreal = the struggle is real, mondaymorning = monday morning,
lovemyfamily = love my family, loveofmylife = love of my life,
happymothersday = happy mothers day,
congratulationsgraduates = congratulations graduates, peacebeuponyou = peace be upon you,
messagedeleted = message deleted, voicemessage = voice message,
areyouserious = are you serious";

/// Words that must stay whole, set aside likewise.
pub(super) const WHOLE_UNSEEN: &str = "\
messenger, twitter, netflix, spotify, pinterest, shutterstock, amazon, oppo, xiaomi,
realme, orange, etisalat, carrefour, mansoura, ismailia, hurghada, damietta, luxor,
aswan, menna, habiba, omnia, shaimaa, abdelfattah, elshennawy, ronaldo, mbappe,
barcelona, manchester, nevertheless, everything, understanding, background, newspaper,
basketball, headquarters, semiconductor, thermodynamics, backpropagation, regularization,
heteroskedasticity, hyperparameter, matplotlib, stackoverflow, kubernetes, wikipedia,
hehehehe, yesssss, omggggg, seperate, wierdly, neccessary, begining, qwertyuiop,
loremipsum, mashallah, khalas, yalla, bokra";
