mail-incident-opened = новый инцидент
mail-incident-overdue = срок прошёл
mail-incident-moved = передан в ваш сектор
mail-unknown = оповещение

# Тема письма
mail-subject = [{ $sector }] № { $number }: { $event }, { $place }
mail-subject-nowhere = [{ $sector }] № { $number }: { $event }
mail-subject-digest = { $count ->
    [one] { $count } оповещение
    [few] { $count } оповещения
   *[other] { $count } оповещений
} в одном письме

mail-heading = { $sector }, № { $number }: { $event }
mail-problem = Проблема
mail-topic = Тема
mail-place = Место
mail-due = Ответить до
mail-missed = Срок был
mail-open = Открыть в Отклике
mail-digest = Писем за час вышло столько, сколько разрешают настройки, поэтому всё, что ждало отправки, собрано здесь.
mail-foot = Письмо составлено машиной, отвечать на него не нужно. Кто написал о проблеме, в письмах не называется.
