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
me-how-provider = вход через поставщика
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
audit-account-provider = поставщик входа
audit-account-too-early = раньше срока после неверных попыток
audit-account-code-too-early = код раньше срока после неверных попыток
audit-account-second-factor-set-up = второй шаг включён
audit-account-second-factor-removed = второй шаг выключен
audit-account-second-factor-reset = второй шаг сброшен администратором
audit-account-recovery-codes = новые запасные коды
audit-account-switched-off = учётная запись выключена
audit-account-switched-on = учётная запись включена
audit-account-sessions-ended = сеансы завершены администратором
