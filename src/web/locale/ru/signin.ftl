# Вход, сеансы, второй шаг.

me-title = Вход и сеансы
me-lead = Где вы вошли и чем защищён вход.
me-sessions = Мои сеансы
me-browser = Браузер
me-browser-unknown = неизвестный браузер
me-address = Адрес
me-address-unknown = неизвестен
me-since = Начат
me-seen = Последнее обращение
me-this = этот сеанс
me-end = Завершить
me-end-others = Завершить все остальные
me-how-password = вход по паролю
me-how-code = вход по паролю и коду
me-how-recovery = вход по паролю и запасному коду
me-how-provider = вход через учётную запись организации
me-password = Пароль
me-password-lead = После смены все сеансы завершатся, и надо будет войти заново.
me-password-current = Нынешний пароль
me-password-new = Новый пароль
me-password-again = Новый пароль ещё раз
me-password-hint = Не короче 10 знаков. Лучше несколько слов, чем одно с цифрами.
me-password-change = Сменить пароль
me-password-wrong = Нынешний пароль не подошёл. Ничего не изменилось.
me-password-wait = Слишком много неверных попыток. Подождите и попробуйте снова.
me-password-differ = Новый пароль и повтор различаются. Введите их ещё раз.
me-password-short = Новый пароль короче 10 знаков.
me-password-long = Новый пароль длиннее 256 байт.

flash-session-ended = Сеанс завершён.
flash-sessions-ended = Остальные сеансы завершены.
flash-password-changed = Пароль сменён, все сеансы завершены. Войдите с новым.

audit-sessions-ended = завершил сеансы

problem-too-many-title = Слишком много запросов
problem-too-many-next = Повторите запрос через столько секунд, сколько названо в заголовке Retry-After.

audit-sessions = { $n ->
    [one] { $n } сеанс
    [few] { $n } сеанса
   *[other] { $n } сеансов
}
audit-account-password = пароль
audit-account-code = код второго шага
audit-account-recovery = запасной код
audit-account-provider = учётная запись организации
audit-account-too-early = раньше срока после неверных попыток
audit-account-code-too-early = код раньше срока после неверных попыток
audit-account-second-factor-set-up = второй шаг включён
audit-account-second-factor-removed = второй шаг выключен
audit-account-second-factor-reset = второй шаг сброшен администратором
audit-account-recovery-codes = новые запасные коды
audit-account-switched-off = учётная запись выключена
audit-account-switched-on = учётная запись включена
audit-account-sessions-ended = сеансы завершены администратором

me-factor = Второй шаг входа
me-factor-off = Вход защищён только паролем. Второй шаг: код из приложения на телефоне. Тогда украденного пароля мало, чтобы войти от вашего имени.
me-factor-on = Включён { $v }. При входе спросим код из приложения.
me-factor-codes = { $n ->
    [0] Запасных кодов не осталось. Сделайте новые.
    [one] Остался { $n } запасной код.
    [few] Осталось { $n } запасных кода.
   *[other] Осталось { $n } запасных кодов.
}
me-factor-set-up = Включить второй шаг
me-factor-change = Изменить
me-factor-code = Код из приложения или запасной код
me-factor-renew = Сделать новые запасные коды
me-factor-remove = Выключить второй шаг
me-factor-required = Ваша роль входит только со вторым шагом, выключить его нельзя.

factor-title = Второй шаг входа
factor-required = Ваша роль входит только со вторым шагом. Настройте его один раз, это займёт минуту.
factor-lead = Откройте на телефоне приложение для кодов (Яндекс Ключ, FreeOTP, Aegis или другое), добавьте запись и наведите камеру на код.
factor-qr = QR-код с адресом второго шага
factor-by-hand = Камеры нет, ввести вручную
factor-by-hand-lead = Ключ (по времени, шесть цифр):
factor-uri = Или адрес целиком:
factor-code = Код, который показало приложение
factor-confirm = Включить
factor-later = Не сейчас
factor-wrong = Код не подошёл. Дождитесь следующего и проверьте, что на телефоне верное время.

codes-title = Запасные коды
codes-lead = Второй шаг включён. Если телефона нет под рукой, вместо кода введите один из этих. Каждый подойдёт один раз.
codes-once = Запишите или распечатайте их сейчас: больше мы их не покажем.
codes-done = Я записал, дальше

code-title = Второй шаг
code-label = Код из приложения
code-hint = Шесть цифр. Нет телефона: введите запасной код.
code-wrong = Код не подошёл. Каждый код подходит один раз: дождитесь следующего.
code-lost = Нет ни телефона, ни запасных кодов: позвоните администратору центра.
code-again = Войти под другим логином

flash-factor-removed = Второй шаг выключен.

signin-provider = Войти через учётную запись организации
signin-provider-named = Войти через { $v }
signin-break-glass = Вход администратора по паролю
signin-provider-away = Служба входа организации сейчас не отвечает. Повторите через минуту; у кого есть пароль, войдите по нему.
signin-provider-denied = Служба входа организации отказала. Попробуйте ещё раз; если снова не выйдет, позвоните администратору центра.
signin-provider-state = Этот вход уже завершён, устарел или начат в другом браузере. Начните его заново.
signin-provider-code = Служба входа организации не приняла ответ: он устарел или уже использован. Начните вход заново.
signin-provider-nonce = Ответ службы входа относится к другому входу. Начните вход заново.
signin-provider-time = Ответ службы входа просрочен, или её часы расходятся с часами сервера. Начните вход заново; если снова не выйдет, позвоните администратору центра.
signin-provider-token = Ответ службы входа не прошёл проверку. Позвоните администратору центра.
signin-provider-no-role = Служба входа вас узнала, но роли в Отклике у вас нет. Доступ даёт администратор центра.
signin-provider-disabled = Ваша учётная запись выключена. Доступ даёт администратор центра.

me-of-provider = Вы входите через учётную запись организации: пароль и второй шаг меняются там.

audit-account-provider-away = служба входа не ответила
audit-account-provider-denied = служба входа отказала
audit-account-provider-state = чужой или устаревший ответ службы входа
audit-account-provider-code = служба входа не приняла код
audit-account-provider-nonce = ответ службы входа относится к другому входу
audit-account-provider-time = ответ службы входа просрочен или часы расходятся
audit-account-provider-token = ответ службы входа не прошёл проверку
audit-account-provider-no-role = служба входа не дала роли
audit-account-provider-disabled = учётная запись выключена

audit-roles = роли: { $v }
audit-roles-none = ролей нет
audit-by-cli = команда на сервере
audit-by-command-line = команда на сервере
audit-by-start = запуск службы
audit-by-provider = служба входа
audit-by-deadlines = сроки
audit-by-routing = разбор обращений
audit-by-sources = источники
