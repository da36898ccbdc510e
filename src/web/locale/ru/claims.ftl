claims-title = Проверка утверждений
claims-title-of = Повторяет ли запись утверждение { $v }
claims-none = Очередь пуста
claims-totals = { $at }-я из { $n } в очереди, сначала самые похожие
claims-empty = Нет записей, похожих на проверенные утверждения. Новые появятся здесь сами.
claims-post = Запись
claims-claim = Проверенное утверждение
claims-review = Что на самом деле
claims-review-link = проверка целиком
claims-likeness = похожесть { $score }, { $level }
claims-same = общих слов: { $n }
claims-person = Решает человек. Прежних решений здесь не видно.
claims-decision = Что делает запись
claims-reason = Основание
claims-reason-hint = обязательно; увидят второй читатель и тот, кто оспорит
claims-decide = Решить и дальше
claims-after = После решения
claims-after-1 = Метка ставится записи, а не человеку: страницы автора здесь нет и не будет.
claims-after-2 = Система ничего не публикует и никому не отвечает: опровержение размещает редактор, отдельным шагом.
decision-repeats = Повторяет
decision-note-repeats = говорит то же как факт
decision-mentions = Упоминает
decision-note-mentions = спрашивает, цитирует, не утверждает
decision-opinion = Мнение или шутка
decision-note-opinion = оценка, сатира, чувство
decision-unrelated = О другом
decision-note-unrelated = совпали только слова
decision-unsure = Не могу решить
decision-note-unsure = уйдёт другому читателю
level-strong = сильное совпадение
level-suggest = предложено
level-none = слабо
conflict-number = расходится число
conflict-negation = расходится отрицание
rating-true = подтвердилось
rating-unconfirmed = не подтвердилось
rating-false = неверно
rating-misleading = вводит в заблуждение
rating-opinion = мнение
rating-unverifiable = не проверить
wrong-decision-missing = Выберите решение: ничего не выбрано заранее.
wrong-why-too-short = Напишите основание: второй читатель должен вас понять.

search-title = Поиск
search-go = Найти
search-all = { $n ->
    [one] { $n } сообщение в вашем доступе
    [few] { $n } сообщения в вашем доступе
   *[other] { $n } сообщений в вашем доступе
}
search-totals = { $n ->
    [0] ничего по словам «{ $words }»
    [one] { $n } сообщение по словам «{ $words }»
    [few] { $n } сообщения по словам «{ $words }»
   *[other] { $n } сообщений по словам «{ $words }»
}
search-empty = Ничего не нашлось.
search-wider = Искать без отбора
search-how = Попробуйте меньше слов или другое слово: формы слова ищутся сами. «Точная фраза» ищется в кавычках, лишнее слово убирает минус.
search-incident = инцидент
search-order = Порядок
search-when = Когда
order-best = сначала похожие
order-newest = сначала новые
span-ever = за всё время
span-day = за сутки
span-week = за неделю
span-month = за 30 дней
kind-complaint = жалоба
kind-question = вопрос
kind-thanks = благодарность
kind-suggestion = предложение
kind-other = другое
kind-empty = без содержания

alerts-title = Оповещения
alerts-lead = Ведомству уходит сообщение: проблема, место, срок и ссылка сюда. Автора в нём нет.
alerts-off = Адрес получателя не задан, поэтому оповещения никуда не уходят. Его задают в настройках (alerts.webhook_url, alerts.mail_to) и в файлах секторов (mail_to).
alerts-totals = доставлено { $delivered } · ждут { $waiting } · не доставлено { $failed }
alerts-all = Все
alerts-state = Состояние
alerts-state-waiting = ждёт
alerts-state-delivered = доставлено
alerts-state-failed = не доставлено
alerts-state-skipped = некому
alerts-event = О чём
alerts-at = Когда
alerts-attempts = Попыток
alerts-error = Последняя ошибка
alerts-again = повтор { $v }
alerts-receiver = Получатели: { $v }.
alerts-webhook = вебхук
alerts-mailboxes = { $n ->
    [one] { $n } почтовый ящик
    [few] { $n } почтовых ящика
   *[other] { $n } почтовых ящиков
}
alerts-retry = Отправить ещё раз
alerts-empty = Оповещений нет.

alert-event-incident-opened = новый инцидент
alert-event-incident-overdue = срок прошёл
alert-event-incident-moved = передан в сектор

overview-title = Сводка
overview-lead = Числа в вашем доступе, без текстов и имён.
overview-open = Ждут ответа
overview-open-note = открыть очередь
overview-overdue = Просрочены
overview-overdue-note = первый ответ не дан в срок
overview-triage = Без темы
overview-triage-note = назначить сектор
overview-claims = Похожи на утверждения
overview-claims-note = проверить
overview-alerts = Не доставлено
overview-alerts-note = оповещения ведомствам
overview-sectors = Секторы и состояния
overview-places = Муниципалитеты
overview-sum = Всего
overview-empty = Инцидентов пока нет.
claims-blur = Скрыть текст
claims-skip = Пропустить
