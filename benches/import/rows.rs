//! Life-like rows for the benchmark, put together from pieces of sentences written for it: greetings,
//! problems, places, times, feelings and demands of differing length, with typos now and then.

use otklik::domain::time::{Span, Timestamp};

const GREETINGS: &[&str] = &[
    "",
    "",
    "",
    "Здравствуйте! ",
    "Добрый день. ",
    "Доброе утро, уважаемая администрация! ",
    "Подскажите, пожалуйста, ",
    "Очередной раз пишу. ",
    "Люди, кто знает: ",
    "Помогите!!! ",
];
const PROBLEMS: &[&str] = &[
    "третью неделю не вывозят мусор, контейнеры переполнены, крысы бегают среди дня",
    "нет горячей воды и никто не говорит, когда дадут",
    "на дороге такая яма, что вчера две машины оставили там колёса",
    "автобус опять не пришёл по расписанию, дети стояли на морозе сорок минут",
    "в подъезде не горит свет, бабушка упала на лестнице",
    "запись к терапевту закрыта на месяц вперёд, а в регистратуре трубку не берут",
    "отключили электричество без объявления, холодильник потёк, котёл встал",
    "снег не чищен вообще, коляску не провезти, скорая не могла подъехать",
    "в школе холодно, ученики сидят в куртках, а нам говорят, что всё в норме",
    "из трубы завода снова вонь, глаза режет, окна не открыть",
    "пособие должны были перечислить ещё десятого числа, до сих пор ничего",
    "светофор мигает жёлтым четвёртый день, на переходе чуть не сбили ребёнка",
    "управляющая компания выставила двойной счёт за отопление и молчит",
    "собаки стаей ходят у детского сада, страшно водить детей",
    "спасибо дорожникам, наконец засыпали ямы, ездить стало можно",
    "когда уже доделают набережную, обещали к лету, стоит забор и ни одного рабочего",
    "прорвало трубу во дворе, вода течёт по асфальту и замерзает",
    "в речку сливают что-то рыжее, рыба кверху брюхом",
];
const PLACES: &[&str] = &[
    "на улице Садовой",
    "у дома 14 по Космонавтов",
    "в Кремнёвске на Заводской, 7",
    "возле школы на Первомайской",
    "в посёлке Северном",
    "на Ленина 25к2",
    "около вокзала",
    "в нашем дворе",
    "на пересечении Мира и Гагарина",
    "в Таволжске, ул. Речная д. 3",
    "по всей Молодёжной",
    "на остановке «Рынок»",
];
const TIMES: &[&str] = &[
    "",
    "",
    " со вчерашнего вечера",
    " уже неделю",
    " с 12 ноября",
    " второй год подряд",
    " каждый выходной",
    " после ремонта",
];
const FEELINGS: &[&str] = &[
    "",
    "",
    "Сколько можно терпеть",
    "Платим исправно, а толку ноль",
    "У соседей то же самое, все возмущены",
    "Звонили диспетчеру, обещали прислать кого-то, никого не было",
    "Писали в администрацию, ответили отпиской",
    "Стыдно перед гостями города",
    "Я мать троих детей и не могу ждать до весны",
    "Раньше такого не было",
    "Фото приложить не получается, но поверьте, зрелище жуткое",
];
const DEMANDS: &[&str] = &[
    "",
    "",
    "Примите меры.",
    "Когда это кончится?",
    "Кто за это отвечает???",
    "Прошу разобраться и ответить письменно.",
    "Дайте телефон, куда звонить.",
    "Ждём ответа!",
    "Спасибо заранее.",
    "Пока не упадёт кто-нибудь, никто не пошевелится.",
];

/// A generator whose numbers are the same in each run (SplitMix64).
struct Dice(u64);

impl Dice {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut x = self.0;
        x = (x ^ x >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        x = (x ^ x >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((x ^ x >> 31) % n as u64) as usize
    }

    fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[self.below(from.len())]
    }
}

/// A CSV of `count` rows over the year before `now`, with id, text, published and author.
pub fn table(count: usize, now: Timestamp) -> String {
    let mut dice = Dice(7);
    let mut out = String::from("id,text,published,author\n");
    for id in 0..count {
        let back = Span::seconds(dice.below(365 * 86_400) as i64);
        let published = now.minus(back).to_rfc3339();
        let text = text(&mut dice).replace('"', "\"\"");
        let author = dice.below(count / 3 + 1);
        out.push_str(&format!("{id},\"{text}\",{published},user{author}\n"));
    }
    out
}

fn text(dice: &mut Dice) -> String {
    let mut text = String::from(dice.pick(GREETINGS));
    for sentence in 0..1 + dice.below(3) {
        if sentence > 0 {
            text.push_str(". А ещё ");
        }
        text.push_str(dice.pick(PLACES));
        text.push_str(dice.pick(TIMES));
        text.push(' ');
        text.push_str(dice.pick(PROBLEMS));
    }
    for part in [FEELINGS, FEELINGS, DEMANDS] {
        let part = dice.pick(part);
        if !part.is_empty() {
            text.push_str(". ");
            text.push_str(part);
        }
    }
    match dice.below(12) {
        0 => text.to_uppercase(),
        1 => text.replace("ь", "").replace(", ", " "),
        2 => format!(
            "{text} Тел. 8 912 {} {}",
            100 + dice.below(900),
            1000 + dice.below(9000)
        ),
        3 => text.replace(". ", "\n"),
        _ => text,
    }
}
