# Рамка, время, слова кодов.

product = Отклик
skip = К содержанию
menu = Меню
bar-label = Разделы
bar-search = Номер, адрес, слова
bar-search-label = Поиск по сообщениям
bar-zone = время края, МСК{ $msk }
bar-sign-out = Выйти
never = ещё не было
nobody = никто
somebody = сотрудник блока
you = вы
more = Ещё
show = Показать
reset = Сбросить всё
reason = Причина
cancel = Отмена
yes = да
no = нет
unknown = неизвестно
keys-title = Клавиши этой страницы
keys-layout = раскладка любая; в полях ввода не действуют
keys-off = Выключить клавиши
keys-on = Включить клавиши
keys-close = Закрыть
keys-all = все клавиши
key-down = вниз
key-up = вверх
key-open = открыть
key-search = поиск
key-next = взять следующий
key-answer = ответить
key-take = взять
key-pass = передать
key-decline = отклонить
key-original = оригинал
key-next-incident = следующий
key-previous-incident = предыдущий
key-sector = сектор
key-nothing = ничего не делать
key-decision = решение
key-decide = решить и дальше
key-skip = пропустить
key-blur = скрыть текст

nav-overview = Сводка
nav-queue = Очередь
nav-triage = Без темы
nav-claims = Утверждения
nav-search = Поиск
nav-pages = Страницы
nav-sources = Источники
nav-alerts = Оповещения
nav-audit = Журнал

role-curator = куратор
role-executor = исполнитель
role-centre-head = руководитель ЦУР
role-direction-head = руководитель направления
role-block-lead = ответственный за блок
role-block-head = руководитель блока
role-block-employee = сотрудник блока
role-content-centre = контент-центр
role-media-lead = медиалидер
role-municipal-head = глава муниципалитета
role-leadership = руководство
role-auditor = аудитор
role-administrator = администратор

span-moment = меньше минуты
span-minutes = { $n } мин
span-hours = { $n } ч
span-hours-minutes = { $h } ч { $m } мин
span-days = { $n ->
    [one] { $n } день
    [few] { $n } дня
   *[other] { $n } дней
}
span-days-hours = { $d ->
    [one] { $d } день { $h } ч
    [few] { $d } дня { $h } ч
   *[other] { $d } дней { $h } ч
}
span-just-now = только что
span-seconds = { $n } с
span-ago = { $v } назад

day-today = сегодня
day-tomorrow = завтра
day-yesterday = вчера
day-date = { $w } { $d } { $m }
day-date-year = { $d } { $m } { $y } г.
moment-near = { $day } в { $clock }
moment-far = { $day }, { $clock }

deadline-left = осталось { $v }
deadline-until = до { $clock } { $day }
deadline-overdue = просрочено на { $v }
deadline-was = срок был { $day } в { $clock }
deadline-done = ответ за { $v }
deadline-done-late = ответ за { $v }, позже срока
deadline-none = срока нет

weekday-1 = пн
weekday-2 = вт
weekday-3 = ср
weekday-4 = чт
weekday-5 = пт
weekday-6 = сб
weekday-7 = вс
month-1 = января
month-2 = февраля
month-3 = марта
month-4 = апреля
month-5 = мая
month-6 = июня
month-7 = июля
month-8 = августа
month-9 = сентября
month-10 = октября
month-11 = ноября
month-12 = декабря

state-new = не взят
state-assigned = передан, не взят
state-in-progress = в работе
state-answered = ответ дан
state-closed = закрыт
state-declined = отклонён

tag-vk = ВК
tag-telegram = ТГ
tag-feed = СМИ
tag-ok = ОК
tag-max = MAX
tag-site = САЙТ
tag-pos = ПОС
tag-open311 = 311
tag-import = ФАЙЛ

platform-vk = ВКонтакте
platform-telegram = Телеграм
platform-feed = ленты СМИ
platform-ok = Одноклассники
platform-max = MAX
platform-site = сайты
platform-pos = ПОС
platform-open311 = Open311
platform-import = загруженные файлы

flash-taken = Инцидент взят. Ведёте его вы.
flash-passed = Инцидент передан. Новый сектор видит его с вашей причиной.
flash-answered = Ответ записан, срок первого ответа остановлен.
flash-declined = Инцидент отклонён. Его можно открыть снова с причиной.
flash-closed = Инцидент закрыт.
flash-reopened = Инцидент открыт снова, сроки пошли сначала.
flash-decided = Решение записано. Вот следующая запись.
flash-skipped-all = Это была последняя запись, показываем с начала.
flash-triaged = Сектор назначен, инцидент открыт.
flash-nothing = Отмечено: делать нечего. Сообщение осталось в поиске.
flash-marked = Метка страницы записана.
flash-queue-empty = Невзятых инцидентов нет. Новые появятся здесь сами.
flash-retried = Оповещение снова в очереди и уходит сейчас.
flash-source-visit = Источник поставлен первым в очередь.
flash-source-backfill = Дочитывание начато. Ход виден ниже.
flash-source-ceased = Дочитывание остановлено. Что прочитано, сохранено.
flash-source-added = Источник добавлен и будет прочитан следующим.
flash-source-changed = Изменения записаны.
flash-signed-out = Вы вышли. До встречи.

error-code = Код { $v }
error-home = На главную
error-back = Вернуться назад
error-not-found-title = Такой страницы нет
error-not-found-next = Возможно, адрес с опечаткой, или запись вне вашего доступа. Проверьте номер или вернитесь к своим разделам.
error-denied-title = Эта страница не для вашей роли
error-denied-next = Доступ задаёт администратор центра. Ваши разделы открыты, начните с главной.
error-forged-title = Форма устарела
error-forged-next = Ничего не изменилось. Вернитесь, обновите страницу и отправьте ещё раз.
error-unauthorized-title = Нужен ключ доступа
error-unauthorized-next = Передайте действующий ключ в заголовке Authorization: Bearer. Ключ выдаёт команда otklik token add.
error-conflict-title = Кто-то успел раньше
error-conflict-next = Ваше изменение не записано. Вернитесь и посмотрите, как стало.
error-refused-title = Сейчас это невозможно
error-refused-next = Состояние уже другое. Вернитесь и посмотрите, что можно сделать теперь.
error-invalid-title = Проверьте поле
error-invalid-next = Ничего не записано. Вернитесь, поправьте поле и отправьте ещё раз.
error-too-many-title = Слишком много попыток
error-too-many-next = Подождите и попробуйте снова.
error-unavailable-title = База не отвечает
error-unavailable-next = Ничего не записано. Повторите через минуту; если не пройдёт, позвоните администратору.
error-disk-full-title = На диске нет места
error-disk-full-next = Ничего не сохранено. Инциденты и посты сейчас тоже не открыть: просмотр записывается в журнал. Скажите администратору, что диск базы заполнен; когда место появится, всё заработает само.
error-read-only-title = База только для чтения
error-read-only-next = Ничего не сохранено. Инциденты и посты сейчас тоже не открыть: просмотр записывается в журнал. Скажите администратору, что диск базы не даёт записывать; когда это исправят, всё заработает само.
error-unsure-title = Ответ не пришёл вовремя
error-unsure-next = Записано ли, неизвестно: откройте запись и посмотрите, прежде чем повторять.
error-internal-title = Не получилось
error-internal-next = Мы записали, что случилось. Повторите; если снова не выйдет, назовите администратору код ниже.
error-method-title = Так сюда не обращаются
error-method-next = Сюда приходят только формы. Ничего не изменилось; начните с главной.
error-too-large-title = Слишком большой запрос
error-too-large-next = Сократите текст и отправьте ещё раз.
error-bad-request-title = Запрос не понят
error-bad-request-next = Откройте страницу заново и повторите.
problem-not-found-title = По этому адресу ничего нет
problem-not-found-next = Возможно, адрес с ошибкой, или запись вне доступа этого ключа.
problem-denied-title = Роль этого ключа такого не может
problem-denied-next = Возьмите ключ учётной записи с подходящей ролью или попросите администратора изменить роль.
problem-invalid-title = Неверный параметр
problem-invalid-next = Исправьте параметр, названный в errors, и повторите запрос.
problem-internal-title = Не получилось
problem-internal-next = Мы записали, что случилось. Повторите; если снова не выйдет, назовите администратору request_id.
problem-method-title = Этот адрес не принимает такой метод
problem-method-next = Допустимые методы названы в заголовке Allow.
problem-bad-request-title = Запрос не понят
problem-bad-request-next = Исправьте запрос и отправьте его снова.
problem-too-large-title = Слишком большой запрос
problem-too-large-next = Уменьшите тело запроса и отправьте его снова.
problem-conflict-title = Такая запись уже есть
problem-conflict-next = Ничего не изменено. Прочтите запись и решите, что с ней делать.
problem-unavailable-title = База данных не отвечает
problem-unavailable-next = Ничего не сохранено. Повторите запрос через минуту.
problem-unsupported-title = Тело запроса другого вида
problem-unsupported-next = Отправьте JSON с заголовком Content-Type: application/json.
problem-precondition-title = Запись изменилась
problem-precondition-next = Ничего не изменено. Прочтите запись снова и повторите с её новым ETag в If-Match.
problem-precondition-required-title = Нужен заголовок If-Match
problem-precondition-required-next = Прочтите запись и назовите её ETag в заголовке If-Match.
problem-key-reused-title = Этот Idempotency-Key уже занят другим запросом
problem-key-reused-next = Для нового запроса возьмите новый ключ.

wrong-form-too-long = Форма слишком велика.
wrong-text-nul = Уберите из текста нулевой символ: его нельзя сохранить.
wrong-mark-unknown = Выберите метку из списка.
wrong-note-too-short = Напишите, откуда это известно: хотя бы 10 знаков.

signin-title = Вход
signin-login = Логин
signin-password = Пароль
signin-enter = Войти
signin-wrong = Логин или пароль не подошли. Следующая попытка откроется через несколько секунд, дальше ждать дольше.
signin-wrong-left = { $n ->
    [one] Логин или пароль не подошли. Осталась { $n } попытка, потом вход придётся ждать.
    [few] Логин или пароль не подошли. Осталось { $n } попытки, потом вход придётся ждать.
   *[other] Логин или пароль не подошли. Осталось { $n } попыток, потом вход придётся ждать.
}
signin-wait = Слишком много неверных попыток. Подождите { $v } и попробуйте снова.
signin-layout = Проверьте раскладку и Caps Lock.
signin-forgot = Забыли пароль: позвоните администратору центра.
signin-about = Отклик работает с открытыми сообщениями о проблемах, а не с людьми. Просмотры, выгрузки и правки записываются.

audit-title = Журнал
audit-lead = Кто что смотрел, открывал, решал и менял. Записи нельзя исправить или удалить.
audit-who = Кто
audit-kind = Что сделал
audit-subject = С чем
audit-any = всё
audit-at = Когда
audit-detail = Подробности
audit-empty = Записей нет.
audit-empty-filter = По этому отбору записей нет.
audit-older = Более ранние
audit-nobody = никто не вошёл
audit-subject-hint = номер инцидента или ссылка из журнала
audit-of-incident = инцидент № { $v }
audit-of-post = сообщение { $v }
audit-of-claim = утверждение { $claim }, сообщение { $post }
audit-of-account = учётная запись { $v }
audit-of-page = раздел «{ $v }»
audit-of-official = официальная страница { $v }
audit-of-api = программный доступ, { $v }
audit-of-alert = оповещение { $v }
audit-of-posts = поиск по сообщениям
audit-of-path = адрес { $v }
audit-posts = { $n ->
    [one] { $n } сообщение
    [few] { $n } сообщения
   *[other] { $n } сообщений
}
audit-rows = { $n ->
    [one] { $n } строка
    [few] { $n } строки
   *[other] { $n } строк
}
audit-found = { $n ->
    [one] найдено { $n } сообщение
    [few] найдено { $n } сообщения
   *[other] найдено { $n } сообщений
}
audit-since = С
audit-until = По
audit-export-all = Выгрузить весь журнал
audit-export-chosen = Выгрузить отобранное
audit-export-whole = весь журнал
audit-export-selection = отобранные записи
audit-whole = Проверен { $at }: записей { $entries }, цепочек { $chains }, всё на месте.
audit-unchecked = Журнал ещё не проверялся. Первая проверка идёт через несколько секунд после запуска службы.
audit-broken = Журнал нарушен, проверка { $at }: { $what }. Цепочка { $chain }, место { $position }, запись { $entry }. Сообщите администратору; подробности даёт otklik audit verify.
audit-broken-content = запись изменена
audit-broken-link = запись не связана с предыдущей
audit-broken-gap = записей не хватает
audit-broken-order = запись повторена или стоит не на своём месте
audit-broken-signature = подпись неверна или подписано было другое
audit-broken-missing-chain = цепочки нет
audit-broken-missing-checkpoint = контрольной точки нет
audit-broken-file = файл изменён
audit-never-signed = Журнал ещё не подписан. Первая подпись ставится через несколько минут после первой записи.
audit-signed = { $n ->
    [0] Подписан { $at }, контрольная точка { $number }. Подписаны все записи.
    [one] Подписан { $at }, контрольная точка { $number }. Подписи ждёт { $n } запись.
    [few] Подписан { $at }, контрольная точка { $number }. Подписи ждут { $n } записи.
   *[other] Подписан { $at }, контрольная точка { $number }. Подписи ждут { $n } записей.
}
audit-of-settings = настройки машины { $v }
audit-of-catalogue = правила: секторы и темы
audit-of-region = правила: регион, источники, утверждения
audit-of-topics = модель тем
audit-of-unknown = логин, которого нет
audit-digest = отпечаток { $now }, был { $was }
audit-found-shown = { $n ->
    [one] найдено { $all }, показано { $n } сообщение
    [few] найдено { $all }, показаны { $n } сообщения
   *[other] найдено { $all }, показаны { $n } сообщений
}
audit-digest-first = отпечаток { $v }, первый
audit-token-added = добавлен ключ программного доступа
audit-added-as = добавлена, роль: { $v }
audit-signed-in = вошёл
audit-sign-in-refused = вход не удался
audit-signed-out = вышел
audit-viewed = смотрел
audit-searched = искал
audit-opened = открыл оригинал
audit-exported = выгрузил
audit-decided = решил
audit-changed = изменил
audit-denied = получил отказ
