nav-import = Импорт
import-title = Импорт таблиц
import-lead = Выгрузки ПОС, «Инцидент Менеджмент» и статистика обращений: xlsx, csv или JSON Lines.
import-file = Файл с таблицей
import-file-hint = До { $n } МБ. Файл хранится здесь, пока его не разобрали, и сразу удаляется. Имена, телефоны и адреса заявителей из него не читаются.
import-upload = Загрузить файл
import-upload-next = Дальше вы увидите первые строки и предложение, что в каких столбцах.
import-last = Последние импорты
import-none = Таблиц ещё не загружали. Выгрузите обращения из системы и выберите файл выше.
import-when = Когда
import-what = Файл
import-state = Состояние
import-rows = Строки
import-rows-of = { $added } новых · { $changed } обновлено · { $refused } не принято
import-who = загружает { $v }
import-mappings = Сохранённые сопоставления
import-mappings-note = выбираются при разборе файла
import-mappings-none = Сопоставлений ещё нет. Сохраните первое, когда разберёте файл.
import-mapping-version = версия { $n }, { $when }, { $who }
import-mapping-of-file = из файла настроек
import-mapping-columns = { $n ->
    [one] { $n } столбец
    [few] { $n } столбца
   *[other] { $n } столбцов
}
import-figures = Статистика обращений
import-problem = Файл не загружен.

table-import-state-uploaded = ждёт сопоставления
table-import-state-checking = идёт проверка
table-import-state-checked = проверен
table-import-state-waiting = загружается
table-import-state-done = загружен
table-import-state-failed = не удался
table-import-state-dropped = убран

table-title = Что в столбцах
table-progress-checking = Проверяем файл, ничего не записывая.
table-progress-waiting = Записываем строки.
table-progress-rows = { $n ->
    [one] Пройдена { $shown } строка.
    [few] Пройдено { $shown } строки.
   *[other] Пройдено { $shown } строк.
} Страница обновляется сама.
table-checked = Проверка закончена, ничего не записано.
table-checked-more = Если цифры похожи на правду, запишите строки.
table-failed = Файл не удалось дочитать.
table-done = Импорт закончен, файл удалён.
table-done-more = Сообщения разобраны по секторам, как любые другие; повторные строки обновили статусы.
table-dropped = Файл убран. Ничего больше из него не запишется.
table-gone = Файла уже нет на этой машине. Загрузите его снова.
table-seen = Строк
table-added = Новых
table-changed = Обновлено
table-same = Без изменений
table-refused = Не принято
table-added-note = в первый раз
table-changed-note = текст или статус другой
table-same-note = всё уже известно
table-refused-note = причины ниже
table-seen-note = без заголовка и пустых
table-choose = Готовое сопоставление
table-choose-none = предложенное по заголовкам
table-sheet = Лист книги
table-hidden = Скрытые листы не читаются: { $v }
table-show = Показать
table-people = Столбцы с данными людей не читаются: { $v }. Их нельзя выбрать.
table-column = Столбец
table-holds = Что в нём
table-sure = Уверенность
table-examples = Примеры
table-unread = не читать
table-unread-person = не читается
table-group-appeals = Обращения
table-group-totals = Статистика (количества)
table-sure-high = уверенно
table-sure-some = похоже, проверьте
table-sure-none = не узнали
table-sure-chosen = выбрано
table-name = Название сопоставления
table-name-hint = Под ним сопоставление сохранится и выберется в следующий раз.
table-save = Сохранить сопоставление
table-source = Чьи это номера
table-source-hint = Например, ПОС. Строки с тем же номером и тем же источником обновятся, а не повторятся.
table-kind = Что в строках
table-kind-appeals = обращения, по одному в строке
table-kind-totals = количества обращений
table-platform = Откуда выгрузка
table-platform-pos = ПОС («Решаем вместе»)
table-platform-import = другая система
table-period = Период количеств
table-period-hint = Только для статистики без столбца с периодом: «1 квартал 2026», «январь 2026».
table-check = Проверить, ничего не записывая
table-start = Записать строки
table-drop = Убрать файл
table-first = Первые строки
table-first-note = { $n ->
    [one] { $n } строка
    [few] { $n } строки
   *[other] { $n } строк
}, телефоны и почта скрыты
table-row = Строка
table-hidden-cell = скрыто
table-problems = Так файл не прочитать:
table-problem-name = Назовите сопоставление и источник: до 60 букв, цифр, пробелов, точек и дефисов.
table-problem-platform = Выберите, откуда выгрузка.
table-problem-missing = Укажите столбец: { $v }.
table-problem-foreign = Поле «{ $v }» не подходит к таким строкам.
table-problem-twice = Столбец «{ $v }» выбран дважды.
table-problem-no-column = В файле нет столбца «{ $v }».
table-problem-person = Столбец «{ $v }» рассказывает о людях и не читается.
table-problem-period = Период не прочитать. Напишите «январь 2026», «1 квартал 2026», «2026» или две даты.
table-problem-twice-field = Поле «{ $v }» выбрано для двух столбцов.
table-problem-of-file = Сопоставление «{ $v }» задано файлом настроек. Выберите другое название.
table-unread-columns = Не прочитаны столбцы
table-refused-title = Не принятые строки
table-refused-first = первые { $n }
table-refused-line = Строка файла
table-refused-why = Почему
table-back = Ко всем импортам

field-number = номер (ключ)
field-date = дата поступления
field-status = статус
field-category = категория
field-subcategory = подкатегория
field-text = текст обращения
field-municipality = муниципалитет
field-address = адрес проблемы
field-lat = широта
field-lon = долгота
field-point = координаты
field-executor = исполнитель
field-deadline = срок
field-answered = дата ответа
field-channel = канал
field-body = орган
field-theme = тема или её код
field-period = период
field-count = количество

person-name = имя
person-phone = телефон
person-email = почта
person-home = место жительства
person-document = личные данные
person-account = учётная запись

row-fault-no-number = нет номера
row-fault-no-text = нет текста
row-fault-bad-date = дата не читается
row-fault-bad-point = координаты не читаются
row-fault-bad-count = количество не целое число
row-fault-bad-period = период не читается
row-fault-no-theme = нет ни органа, ни темы
row-fault-sum = строка итогов
row-fault-too-wide = ячеек больше, чем заголовков: лишняя кавычка или разделитель
row-fault-too-large = ячейка больше любого обращения
row-fault-broken = файл здесь повреждён

table-fault-empty = Файл пуст.
table-fault-old-excel = Это формат Excel до 2007 года. Сохраните файл как xlsx или csv.
table-fault-not-a-table = Это не таблица. Читаются xlsx, csv и JSON Lines.
table-fault-bomb = При распаковке файл слишком велик. Сохраните только нужный лист.
table-fault-too-wide = В таблице больше 512 столбцов. Сохраните только нужные.
table-fault-no-sheet = Такого листа нет, или все листы скрыты.
table-fault-no-heading = Среди первых тридцати строк нет заголовка. Оставьте над данными строку с названиями столбцов.
table-fault-damaged = Файл повреждён. Откройте его и сохраните заново.
table-fault-away = Файл не открывается. Загрузите его снова.
table-fault-taken = Такой источник уже читается из сети. Назовите источник таблицы иначе.

figures-title = Статистика обращений
figures-lead = Количества из загруженных таблиц, какими их дал источник.
figures-none = Статистики ещё нет. Загрузите таблицу с органом или темой, периодом и количеством.
figures-body = Орган
figures-theme = Тема
figures-count = Количество
figures-source = Источник
figures-import = импорт
figures-first = Показаны первые { $n } строк.

appeal-number = № { $v }
appeal-deadline = срок { $v }
appeal-answered = ответ { $v }
