percent = { $v } %
source-visit = Прочитать сейчас
source-since = замечено { $v }
source-found = замечено { $v }
source-span = с { $since } по { $until }
source-coverage = Прочитано вовремя
source-coverage-note = { $n } из { $of } чтений за 7 дней
source-blind = Часов без чтения
source-blind-note = за 7 дней, когда чтение было нужно
source-lag = С последнего чтения
source-lag-note = обычно новое видим через { $v }
source-rate = Записей в день
source-rate-note = последняя { $v }
source-rate-none = ещё не знаем
source-posts-note = сохранено за всё время
source-hours = Семь дней по часам
source-hours-note = полный столбик: прочитано; половина: пробовали, не вышло; внизу: не читали
source-hours-label = { $n ->
    [0] За семь дней нет часов без чтения
    [one] За семь дней { $n } час без чтения
    [few] За семь дней { $n } часа без чтения
   *[other] За семь дней { $n } часов без чтения
}
source-hours-now = сейчас
source-errors = Последние ошибки
source-errors-note = одинаковые подряд сложены в одну строку
source-errors-none = Ошибок не было.
source-error-when = Когда
source-error-what = Что случилось
source-error-do = Что делать
source-error-times = { $n ->
    [one] { $n } раз
    [few] { $n } раза
   *[other] { $n } раз
} с { $since }
source-gaps = Пропуски
source-gaps-note = где записи могли пройти мимо нас
source-gaps-none = Пропусков не замечено.
source-gap-span = Период
source-budget-note = общий для всех источников этой площадки
source-budget-left = осталось { $v }
source-about-title = Об источнике
source-about-code = Код
source-about-address = Адрес
source-about-place = Муниципалитет
source-about-members = Подписчиков
source-about-comments = Читаем комментарии
source-open = подробнее

finding-parser-broken = Страница открывается, а записей на ней мы больше не видим.
finding-words-parser-broken = Раньше они были. Откройте страницу сами: если записи на ней есть, площадка сменила оформление, и об этом надо сказать разработчикам. Если записей правда нет, делать ничего не нужно: предупреждение снимется с первой новой.
finding-silent = Источник молчит дольше, чем ему свойственно.
finding-words-silent = По его обычному ритму уже должно было быть пять записей. Откройте страницу: не закрыли ли её, не переехала ли она.
finding-gap = Часть записей прошла мимо.
finding-words-gap = Между чтениями вышло больше записей, чем площадка показала. Мы уже дочитываем этот период; делать ничего не нужно.
finding-lost = Лента успела вытеснить часть записей.
finding-words-lost = Всё, что она показала, оказалось новым: более ранние записи из неё ушли, и дочитать их нельзя. Посмотрите пропущенное на самом сайте; если повторится, попросите администратора читать ленту чаще.

gap-state-open = дочитываем
gap-state-waits = ждёт
gap-state-closed = закрыт
gap-state-lost = не вернуть
gap-words-unread = За одно чтение не дошли до известных записей. Следующие чтения идут дальше сами.
gap-words-skipped = Номера записей прыгнули через то, что мы видели. Период читается заново.
gap-words-lost = Лента старого не показывает. Посмотрите на самом сайте.

backfill = Дочитать прошлое
backfill-from = С какого дня
backfill-to = По какой день
backfill-begin = Дочитать
backfill-stop = Остановить
backfill-done = Сделано
backfill-kept = Записи старше { $v } не храним, их дочитывать нечего.
backfill-reach-vk = ВКонтакте показывает стену до самого начала.
backfill-reach-vk-comments = ВКонтакте показывает стену до самого начала. Комментарии под старыми записями при этом не читаются.
backfill-reach-telegram = Телеграм показывает канал до самого начала, если у него открыт просмотр в браузере.
backfill-reach-feed = Лента показывает только последние записи: дочитаем, сколько в ней есть.
backfill-reach-none = Этот источник нельзя спросить о прошлом.
backfill-state-waiting = в очереди
backfill-state-running = идёт
backfill-state-held = ждёт
backfill-state-done = готово
backfill-state-stopped = остановлено
backfill-state-failed = не вышло
backfill-progress = Дошли до { $reached }. Записей { $found }, новых { $kept }, запросов { $requests }.
backfill-held = { $why } Продолжим { $again }.
backfill-outlived = { $n ->
    [one] { $n } запись не сохранена: она старше срока хранения
    [few] { $n } записи не сохранены: они старше срока хранения
   *[other] { $n } записей не сохранено: они старше срока хранения
}
backfill-by-selfcheck = самопроверка
backfill-by-command = командой на сервере
backfill-end-reached = Период прочитан весь.
backfill-end-nothing-older = Старше площадка ничего не показывает.
backfill-end-cannot-go-back = Этот источник нельзя спросить о прошлом.
wrong-from-unknown = Укажите день, с которого читать.
wrong-to-unknown = День «по» не понят. Выберите его из календаря или оставьте пустым.
wrong-from-late = Первый день должен быть раньше последнего и не в будущем.
wrong-to-outlived = Записи этого периода старше срока хранения: сохранять их нечего.

error-class-closed = Страница закрыта для чтения.
error-class-do-closed = Откройте её в браузере без входа. Если она закрыта для всех, попросите администратора источников снять её с опроса; если открыта, сообщите ему адрес.
error-class-absent = Такой страницы нет.
error-class-do-absent = Возможно, её удалили или сменили адрес. Найдите новый адрес и передайте администратору источников.
error-class-token = Площадка не принимает наш ключ доступа.
error-class-do-token = Это исправит администратор системы: ключ надо выпустить заново. Остальные источники этой площадки тоже стоят.
error-class-settings = Что-то не так в настройках или в адресе источника.
error-class-do-settings = Проверьте, верно ли записан адрес. Если верно, покажите ответ площадки администратору системы.
error-class-quota = Лимит запросов на сегодня исчерпан.
error-class-do-quota = Делать ничего не нужно: продолжим, когда лимит обновится. Если так каждый день, источников больше, чем лимит позволяет.
error-class-wait = Площадка просит подождать.
error-class-do-wait = Делать ничего не нужно: вернёмся, когда она разрешит, и дочитаем пропущенное.
error-class-captcha = Площадка хочет убедиться, что мы не робот.
error-class-do-captcha = Мы этого не обходим и ждём. Если повторится, администратору системы стоит написать в поддержку площадки.
error-class-server = На стороне площадки неполадка.
error-class-do-server = Делать ничего не нужно: пробуем всё реже и дочитаем, когда заработает.
error-class-network = Ответ не пришёл, или его нельзя прочесть.
error-class-do-network = Откройте страницу в браузере. Если она открывается, а ошибка держится дольше часа, скажите администратору системы: возможно, пропала связь.
error-class-layout = Страница устроена не так, как мы ждём.
error-class-do-layout = Скорее всего, площадка сменила оформление. Сообщите разработчикам; пока смотрите страницу сами.

source-new = Добавить источник
source-change = Изменить
source-edit = Изменить источник
source-edit-lead = Читаем только открытые страницы: сообщества, каналы и ленты. Личные страницы не читаем.
source-edit-address = Вставьте адрес страницы: vk.com/gorod, t.me/gorod или полный адрес ленты.
source-edit-moved = С новым адресом источник читается с начала; собранное раньше остаётся.
source-edit-telegram-off = Телеграм в этой системе выключен: источник будет записан и начнёт читаться, когда его включат.
source-edit-name = Название, как его знают люди
source-edit-place = О каком муниципалитете там обычно пишут
source-edit-everywhere = весь край
source-edit-minutes = Читать не реже, чем раз в столько минут
source-edit-minutes-hint = от 5 до 1440; пусто: как принято в системе
source-edit-comments = читать комментарии (ВКонтакте)
source-edit-official = официальная страница органа
source-edit-off = не читать: выключен
source-edit-save = Записать
source-about-origin = Откуда
source-about-file = из файла источников; изменить можно только там
source-about-added = добавлен на этой странице
wrong-platform-unknown = Выберите площадку из списка.
wrong-address-vk = Это не адрес сообщества ВКонтакте. Он похож на vk.com/gorod или vk.com/club123.
wrong-address-telegram = Это не имя открытого канала. Адрес похож на t.me/gorod.
wrong-address-feed = Это не адрес ленты. Он начинается с https://
wrong-address-personal = Личные и закрытые страницы мы не читаем.
wrong-address-known = Эта страница уже среди источников.
wrong-name-length = Напишите название: от 1 до 120 знаков.
wrong-municipality-unknown = Выберите муниципалитет из списка.
wrong-minutes-range = Укажите число минут от 5 до 1440 или оставьте пустым.
