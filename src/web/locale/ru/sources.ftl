sources-title = Источники
sources-totals = { $n ->
    [one] { $n } источник
    [few] { $n } источника
   *[other] { $n } источников
} · { $posts ->
    [one] { $shown } сообщение за всё время
    [few] { $shown } сообщения за всё время
   *[other] { $shown } сообщений за всё время
}
sources-manners = Запросы никогда не ускоряются из-за ошибок.
sources-manners-more = Просьбу площадки подождать мы выполняем точно; пауза видна здесь.
sources-source = Источник
sources-state = Состояние
sources-posts = Сообщений
sources-last = Последнее новое
sources-visit = Прочитан
sources-words = Что случилось и что делать
sources-attention = Требуют внимания
sources-well = Работают
sources-off = Выключены
sources-empty = Источников пока нет. Опишите их в файле sources.toml края и запустите службу снова.
sources-error = Ответ площадки
sources-budget = Лимиты на сегодня
sources-budget-note = сколько запросов уже ушло; сутки края
sources-budget-empty = Сегодня запросов ещё не было.
sources-budget-domain = Площадка
sources-budget-method = Запрос
sources-budget-get = чтение страниц
sources-budget-used = Использовано
sources-budget-of = { $used } из { $limit }
sources-budget-exhausted = площадка просит ждать до { $v }
sources-loops = Фоновая работа
sources-loops-note = то же отдаёт /health
sources-loops-empty = В этом процессе фоновая работа не запущена.
source-about = { $kind }, раз в { $every }
source-kind-official = официальная страница
source-kind-community = открытое сообщество
source-kind-media = лента новостей
source-kind-import = загруженный файл
source-next = следующий раз через { $v }
source-next-now = на очереди
source-state-active = работает
source-state-waiting = ещё не читали
source-state-failing = не отвечает
source-state-behind = отстаёт
source-state-silent = молчит
source-state-parked = ждёт
source-state-gone = закрыт
source-state-off = выключен
source-words-active = ошибок нет
source-words-waiting = Первое чтение впереди. Делать ничего не нужно.
source-words-failing = Не отвечает. Пробуем всё реже; когда ответит, дочитаем пропущенное. Если долго, проверьте адрес.
source-words-behind = Читаем позже обычного. Проверьте, идёт ли фоновая работа и не кончился ли лимит.
source-words-silent = Новых записей нет больше недели. Проверьте вручную, не закрыли ли страницу.
source-words-parked = Площадка просит подождать. Вернёмся сами; если повторяется, проверьте доступ и лимиты.
source-words-gone = Страница закрыта или удалена. Снимите с опроса или поправьте адрес.
source-words-off = Не читаем по решению администратора. Включается в файле источников.
loop-state-running = работает
loop-state-failing = сбоит
loop-state-stopped = остановлена

official-title = Официальные страницы
official-totals = { $n ->
    [one] { $n } страница
    [few] { $n } страницы
   *[other] { $n } страниц
} в вашем доступе
official-confirmed = Метка подтверждена
official-confirmed-note = «Госорганизация» видна людям
official-lost = Метка утрачена
official-lost-note = была и пропала
official-requested = Метка запрошена
official-requested-note = ждём площадку
official-absent = Метки нет
official-absent-note = не запрашивали
official-low = Ниже нормы постов
official-low-note = за последние 7 дней
official-body = Орган и страница
official-mark = Метка «Госорганизация»
official-stand = Метка или форма ПОС
official-posts = Посты, 8 недель
official-first = Что чинить первым
official-note = Заметка
official-checked = проверено: { $v }
official-never-checked = ещё не проверяли
official-week = { $n } за неделю, норма { $norm }
official-not-crawled = не читаем, норма { $norm }
official-weeks-label = Посты по неделям за 8 недель
official-members = { $n ->
    [one] { $shown } подписчик
    [few] { $shown } подписчика
   *[other] { $shown } подписчиков
}
official-first-lost = Вернуть метку: администратор страницы входит через Госуслуги
official-first-absent = Запросить метку через Госуслуги
official-first-requested = Дождаться ответа по метке, напомнить через неделю
official-first-low = Выйти из тишины: поставить посты в план
official-first-widget = Поставить на сайт форму ПОС
official-first-form = Указать в коде установки номер формы ПОС
official-first-nothing = Ничего срочного
official-change = Изменить метку
official-change-note = Откуда известно
official-change-hint = не короче 10 знаков; увидят коллеги и аудитор
official-save = Записать метку
official-open = открыть страницу
official-empty = В вашем доступе официальных страниц нет.
official-legend = пунктир на столбиках: норма класса
widget-unknown = Форму ПОС на сайте ещё не искали
widget-present = Форма ПОС на сайте есть, номер { $v }
widget-partial = Форма ПОС стоит без номера и может не открыться: сверьте код установки
widget-link_only = Формы ПОС нет, есть только ссылка на Госуслуги
widget-absent = Формы ПОС в коде сайта не видно: откройте сайт и проверьте глазами
mark-confirmed = подтверждена
mark-requested = запрошена
mark-none = нет
mark-lost = утрачена
class-flagship = флагман
class-active = активная
class-card = визитка
loop-collecting = чтение источников
loop-understanding = понимание
loop-routing = распределение
loop-indexing = поиск
loop-deadlines = сроки
loop-listening = вести от базы
loop-retention = очистка по сроку
loop-tables = импорт таблиц
loop-jobs = оповещения
loop-journal = журнал
loop-backfilling = дочитывание прошлого
sources-found = { $n ->
    [one] Самопроверка: { $n } источник требует внимания.
    [few] Самопроверка: { $n } источника требуют внимания.
   *[other] Самопроверка: { $n } источников требуют внимания.
}
sources-found-more = Страница открывается, но записей не видно, источник молчит не по-своему или записи прошли мимо.
source-state-broken = не видим записей
source-words-broken = Страница открывается, а записей нет. Посмотрите её сами; подробности на странице источника.
source-words-unlike = Молчит дольше обычного для себя. Проверьте, не закрыли ли страницу.
