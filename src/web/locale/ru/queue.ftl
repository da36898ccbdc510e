queue-title = Очередь
queue-title-sector = Очередь «{ $v }»
queue-totals = { $open ->
    [one] { $open } ждёт ответа
   *[other] { $open } ждут ответа
} · { $overdue ->
    [0] просроченных нет
    [one] { $overdue } просрочен
   *[other] { $overdue } просрочены
} · { $today ->
    [0] сегодня сроков больше нет
    [one] у { $today } срок до конца дня
   *[other] у { $today } срок до конца дня
}
queue-next = Взять следующий
queue-fresh = { $n ->
    [one] { $n } новый, показать
   *[other] { $n } новых, показать
}
queue-triage = { $n ->
    [one] { $n } сообщение без темы
    [few] { $n } сообщения без темы
   *[other] { $n } сообщений без темы
}
queue-views = Виды очереди
queue-filters = Отбор
queue-due = Срок первого ответа
queue-incident = Инцидент
queue-place = Место
queue-posts = Сообщений
queue-state = Состояние
queue-holder = Кто ведёт
queue-shown = Показаны { $n } из { $all }.
queue-more = Следующие
queue-order = сначала ближайший срок
queue-export = Выгрузить эту выборку
queue-empty = Открытых инцидентов нет. Новые появятся здесь сами.
queue-empty-filter = По этому отбору ничего нет.
view-open = Все открытые
view-me = Мои
view-nobody = Никем не взяты
view-overdue = Просрочены
view-today = До конца дня
view-answered = Ответ дан
view-closed = Закрытые
group-part = показаны { $n } из { $all }
group-first = показаны { $n }
group-overdue = Просрочено
group-today = До конца дня
group-tomorrow = Завтра
group-later = Позже
group-answered = Ответ дан
group-done = Закрыты и отклонены
facet-due = Срок
facet-municipality = Муниципалитет
facet-topic = Тема
facet-sector = Сектор
facet-state = Состояние
facet-platform = Источник
facet-kind = Вид сообщения
facet-clear = Снять отбор: { $v }
due-overdue = просрочен
due-today = до конца дня
due-tomorrow = до конца завтра
place-unknown = место не названо
flag-again = повторно
column-number = Номер
column-sector = Сектор
column-topic = Тема
column-municipality = Муниципалитет
column-place = Место
column-state = Состояние
column-opened = Открыт
column-due = Срок первого ответа
column-posts = Сообщений
column-title = Суть

incident-posts-line = { $n ->
    [one] { $n } сообщение, последнее { $last }
    [few] { $n } сообщения, последнее { $last }
   *[other] { $n } сообщений, последнее { $last }
}
incident-mine = Инцидент ведёте вы.
incident-held = Инцидент ведёт { $v }.
incident-posts = Сообщения
incident-posts-hidden = Тексты сообщений вашей роли не видны. Место, сроки и ход событий ниже.
incident-voices = авторы под буквами этого инцидента
incident-answer = Ответ
incident-answer-given = Ответ дан
incident-answer-link = опубликованный ответ
incident-events = Ход событий
incident-clocks = Сроки
incident-place = Место
incident-similar = Похожие рядом
action-take = Взять
action-pass = Передать
action-answer = Ответить
action-decline = Отклонить
action-close = Закрыть
action-reopen = Открыть снова
voice-resident = житель { $v }
voice-someone = житель
voice-page = от имени сообщества
post-post = запись
post-comment = комментарий
post-under = к записи: «{ $v }»
post-edited = исправлено автором
incident-reposts = репостов: { $n }
post-repost-of = репост записи: «{ $v }»
post-earlier = Прежний текст, с { $v }
post-evidence = Опубликованное удалено; сохранено свидетельство от { $v }.
post-media-hash = вложения, контрольная сумма { $v }
post-gone = Автор удалил сообщение; текст ниже был открыт, когда мы его прочитали.
post-growth = { $n ->
    [one] за 24 ч +{ $n } просмотр
    [few] за 24 ч +{ $n } просмотра
   *[other] за 24 ч +{ $n } просмотров
}
post-original = оригинал
post-why-title = Почему сюда
post-why = уверенность { $score }; решили слова { $words }
post-why-bare = уверенность { $score }
quoted = «{ $v }»
masked-phone = телефон скрыт
masked-email = почта скрыта
masked-card = карта скрыта
masked-document = документ скрыт
masked-mention = упоминание скрыто
masked-flat = квартира скрыта
masked-plate = номер машины скрыт
masked-name = имя скрыто
who-machine = распределение
who-system = система
event-opened = Инцидент открыт, сектор «{ $v }»
event-joined = Присоединено сообщение
event-take = Взято в работу
event-pass = Передано из «{ $from }» в «{ $to }»
event-answer = Ответ опубликован
event-decline = Отклонено
event-close = Закрыто
event-reopen = Открыто снова, сроки пошли сначала
event-overdue = Срок прошёл: { $v }
clock-taken = Взять в работу
clock-first = Первый ответ
clock-interim = Промежуточный ответ
clock-final = Окончательный ответ
clock-norm = норма { $v }
clock-how = Как посчитано
clock-starts = отсчёт с
clock-passed = прошло
clock-left = осталось
clock-over = сверх нормы
clock-due = срок
clock-rule = Часы идут без перерыва, календарь пока не вычитается. Норма сектора из файла секторов.
deadline-taken = взят за { $v }
deadline-taken-late = взят за { $v }, позже срока
place-municipality = Муниципалитет
place-named = Названо
place-point = Точка
place-team = Кому
answer-nothing-published = система ничего не публикует
answer-template = С чего начать
answer-own = Свой текст
answer-text = Текст ответа
answer-preview = Так прочитает житель
answer-url = Ссылка на опубликованный ответ
answer-url-hint = сначала разместите ответ на странице органа, затем вставьте сюда его адрес
answer-save = Записать ответ
reason-title-pass = Передать в другой сектор
reason-title-decline = Отклонить инцидент
reason-title-reopen = Открыть инцидент снова
reason-outcome-pass = Инцидент уйдёт из вашей очереди в очередь выбранного сектора.
reason-outcome-decline = Инцидент закроется без ответа. Сообщения останутся в поиске.
reason-outcome-reopen = Начнётся новый круг: инцидент вернётся в очередь с новыми сроками.
reason-changes-pass = Сроки не сдвинутся. Ведомство нового сектора получит оповещение.
reason-changes-decline = Сроки остановятся. Открыть снова можно в любой момент, с причиной.
reason-changes-reopen = Прежний ответ и его сроки останутся в ходе событий.
reason-button-pass = Передать инцидент
reason-button-decline = Отклонить инцидент
reason-button-reopen = Открыть снова
reason-sector = Сектор
reason-hint = { $n ->
    [one] не короче { $n } знака; прочитают те, кто получит инцидент, и аудитор
   *[other] не короче { $n } знаков; прочитают те, кто получит инцидент, и аудитор
}
wrong-reason-too-short = Напишите причину подробнее: её прочитают коллеги.
wrong-sector-unknown = Выберите сектор из списка.
wrong-sector-same = Инцидент уже в этом секторе. Выберите другой.
wrong-text-too-short = Напишите ответ: сейчас в нём меньше 10 знаков.
wrong-url-not-a-link = Вставьте полный адрес опубликованного ответа, он начинается с https://
wrong-prompt-empty = Заполните «{ $v }»: без этого ответ не записать.
wrong-state-changed = Пока вы писали, состояние изменилось. Ваш текст остался в полях: обновите страницу в соседней вкладке и сверьте.

triage-title = Без темы
triage-totals = { $n ->
    [one] { $n } сообщение ждёт человека
    [few] { $n } сообщения ждут человека
   *[other] { $n } сообщений ждут человека
}
triage-lead = Здесь то, в чём машина не уверена. Её догадка подсказка, а не решение: назначьте сектор одной клавишей.
triage-empty = Всё разобрано. Новые появятся здесь сами.
triage-hint = Похоже на «{ $sector }», уверенность { $score }.
triage-words = Слова:
triage-shown = Показаны { $from }–{ $to } из { $all }.
triage-reason-unsure = Не уверены.
triage-reason-other = Ни один сектор не подошёл.
triage-reason-kind = Может быть, это не обращение.
triage-choose = Сектор этого сообщения
triage-nothing = Ничего не делать
