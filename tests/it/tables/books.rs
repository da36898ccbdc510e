//! Invented exports: workbooks and tables of text, sound and hostile.

use std::{
    io::{Cursor, Write},
    path::Path,
};

use otklik::collect::import::table::TableFault;
use rust_xlsxwriter::{ExcelDateTime, Format, Workbook, Worksheet};
use zip::{ZipWriter, write::SimpleFileOptions};

/// What stands in columns that tell of people.
pub const CANARIES: [&str; 9] = [
    "Канарейкина",
    "Жёлтова",
    "9105550199",
    "910) 555-01-98",
    "kanarejka@",
    "Клеточная",
    "Кв-99",
    "Птицын",
    "kenar.example",
];

const HEADINGS: [&str; 16] = [
    "№ п/п",
    "№ обращения",
    "Дата поступления",
    "ФИО заявителя",
    "Телефон",
    "Эл. почта",
    "Адрес проживания",
    "Категория",
    "Подкатегория",
    "Содержание",
    "Муниципалитет",
    "Адрес проблемы",
    "Координаты",
    "Исполнитель",
    "Срок исполнения",
    "Куратор",
];

type Row = [&'static str; 16];

const ROWS: [Row; 3] = [
    [
        "1",
        "20260001",
        "20.11.2026 10:30",
        "Канарейкина Вера Ильинична",
        "+7 (910) 555-01-98",
        "kanarejka@kenar.example",
        "ул. Клеточная, 1, Кв-99",
        "Дороги",
        "Ямы",
        "Яма на дороге у школы, второй месяц никто не едет",
        "г. о. Светлореченск",
        "ул. Речная, 14, кв. 3",
        "51.73, 36.19",
        "Комитет дорог",
        "30.11.2026",
        "Птицын О. П.",
    ],
    [
        "2",
        "20260002",
        "21.11.2026",
        "Жёлтова Анна Петровна",
        "89105550199",
        "a@kenar.example",
        "ул. Клеточная, 2",
        "ЖКХ",
        "Отопление",
        "Нет отопления третий день во всём доме",
        "г. о. Светлореченск",
        "ул. Садовая, 3",
        "",
        "Комитет ЖКХ",
        "01.12.2026",
        "Птицын О. П.",
    ],
    [
        "3",
        "20260003",
        "22.11.2026",
        "Канарейкина В.И.",
        "89105550199",
        "b@kenar.example",
        "ул. Клеточная, 3",
        "Мусор",
        "Вывоз",
        "Мусор со двора не вывозят вторую неделю",
        "Заводский район",
        "ул. Луговая",
        "51.70, 36.10",
        "Жёлтова Анна Петровна",
        "",
        "Птицын О. П.",
    ],
];

/// A workbook with a merged title, a line of numbers, dates as Excel's numbers, an empty line, rows that
/// cannot be taken, a line of sums and a hidden sheet.
pub fn appeals_book(path: &Path) {
    let mut book = Workbook::new();
    let hidden = book.add_worksheet();
    hidden.set_name("Служебный").unwrap().set_hidden(true);
    hidden.write(0, 0, "Номер").unwrap();
    let sheet = book.add_worksheet();
    sheet.set_name("Обращения").unwrap();
    sheet.set_active(true);
    sheet.set_first_tab(true);
    let title = Format::new();
    sheet
        .merge_range(0, 0, 0, 15, "Обращения граждан за ноябрь", &title)
        .unwrap();
    sheet.write(1, 0, "Выгружено 01.12.2026").unwrap();
    for (column, heading) in (0u16..).zip(HEADINGS) {
        sheet.write(3, column, heading).unwrap();
        sheet.write(4, column, f64::from(column + 1)).unwrap();
    }
    for (row, cells) in [5, 6, 7].into_iter().zip(&ROWS) {
        write_row(sheet, row, cells);
    }
    sheet.write(8, 1, 20_260_004.0).unwrap(); // without words
    for (column, cell) in (0u16..).zip([
        "",
        "20260005",
        "вчера",
        "",
        "",
        "",
        "",
        "",
        "",
        "Вода ржавая",
    ]) {
        sheet.write(9, column, cell).unwrap();
    }
    sheet.write(11, 1, "Итого: 5").unwrap();
    book.save(path).unwrap();
}

fn write_row(sheet: &mut Worksheet, row: u32, cells: &Row) {
    let day = Format::new().set_num_format("dd.mm.yyyy");
    let moment = Format::new().set_num_format("dd.mm.yyyy hh:mm");
    for (column, cell) in (0u16..).zip(cells) {
        match (column, cell.parse::<f64>()) {
            (0 | 1, Ok(number)) => sheet.write(row, column, number).unwrap(),
            (2 | 14, _) if !cell.is_empty() => {
                let format = if cell.contains(' ') { &moment } else { &day };
                sheet
                    .write_with_format(row, column, excel_date(cell), format)
                    .unwrap()
            }
            _ => sheet.write(row, column, *cell).unwrap(),
        };
    }
}

fn excel_date(cell: &str) -> ExcelDateTime {
    let (day, time) = cell.split_once(' ').unwrap_or((cell, "00:00"));
    let parts: Vec<u16> = day.split('.').map(|part| part.parse().unwrap()).collect();
    let (hour, minute) = time.split_once(':').unwrap();
    let date = ExcelDateTime::from_ymd(parts[2], parts[1] as u8, parts[0] as u8).unwrap();
    date.and_hms(hour.parse().unwrap(), minute.parse().unwrap(), 0.0)
        .unwrap()
}

/// The same as text with semicolons.
pub fn appeals_csv() -> String {
    let quoted = |cells: &[&str]| {
        let cells: Vec<String> = cells.iter().map(|cell| format!("\"{cell}\"")).collect();
        cells.join(";") + "\n"
    };
    let counter: Vec<String> = (1..=16).map(|n: u8| n.to_string()).collect();
    let counter: Vec<&str> = counter.iter().map(String::as_str).collect();
    let mut text = format!(
        "Обращения граждан за ноябрь{}\nВыгружено 01.12.2026\n\n",
        ";".repeat(15)
    );
    text += &quoted(&HEADINGS);
    text += &quoted(&counter);
    for row in &ROWS {
        text += &quoted(row);
    }
    text + ";20260004;;;;;;;;;;;;;;\n;20260005;вчера;;;;;;;Вода ржавая;;;;;;\n\n;Итого: 5;;;;;;;;;;;;;;\n"
}

/// Three messages; the first has this status and answer date.
pub fn three(status: &str, answered: &str) -> String {
    format!(
        "\u{feff}Номер обращения;Дата;Текст;Статус;Исполнитель;Дата ответа\n\
        1;20.11.2026 10:30;Яма на дороге у школы;{status};Комитет дорог;{answered}\n\
        2;20.11.2026 11:30;Нет отопления третий день;Новое;Комитет ЖКХ;\n\
        3;20.11.2026 12:30;Мусор не вывозят;Новое;Оператор;\n"
    )
}

/// So many messages, and something at the end of the last.
pub fn many(rows: usize, end: &str) -> String {
    let mut text = "Номер обращения,Текст,Статус\n".to_owned();
    for n in 1..=rows {
        text += &format!("{n},Нет воды в доме {n} третий день,Новое\n");
    }
    text + end
}

/// A table of counts with a title.
pub struct Book(Workbook);

impl Book {
    pub fn totals(period: &str, rows: &[(&str, &str, f64)]) -> Book {
        let mut book = Workbook::new();
        let sheet = book.add_worksheet();
        let title = format!("Статистика обращений граждан за {period}");
        sheet
            .merge_range(0, 0, 0, 2, &title, &Format::new())
            .unwrap();
        for (column, heading) in (0u16..).zip(["Орган", "Код темы", "Количество обращений"])
        {
            sheet.write(1, column, heading).unwrap();
        }
        for (row, (body, theme, count)) in (2u32..).zip(rows) {
            sheet.write(row, 0, *body).unwrap();
            sheet.write(row, 1, *theme).unwrap();
            sheet.write(row, 2, *count).unwrap();
        }
        let last = 2 + rows.len() as u32;
        sheet.write(last, 0, "Итого").unwrap();
        sheet
            .write(last, 2, rows.iter().map(|row| row.2).sum::<f64>())
            .unwrap();
        Book(book)
    }

    pub fn save(mut self, path: &Path) {
        self.0.save(path).unwrap();
    }
}

/// A workbook of these parts.
pub fn zipped(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in parts {
        let options =
            SimpleFileOptions::default().compression_method(zip::CompressionMethod::Deflated);
        zip.start_file(*name, options).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

const TYPES: &[u8] = br#"<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="xml" ContentType="application/xml"/></Types>"#;
const RELATIONS: &[u8] = br#"<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#;
const BOOK: &[u8] = br#"<?xml version="1.0"?><workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="a" sheetId="1" r:id="rId1"/></sheets></workbook>"#;
const SHEETS: &[u8] = br#"<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>"#;

/// A workbook with this sheet, word for word.
pub fn with_sheet(sheet: &str) -> Vec<u8> {
    zipped(&[
        ("[Content_Types].xml", TYPES),
        ("_rels/.rels", RELATIONS),
        ("xl/workbook.xml", BOOK),
        ("xl/_rels/workbook.xml.rels", SHEETS),
        ("xl/worksheets/sheet1.xml", sheet.as_bytes()),
    ])
}

fn sheet(rows: &str) -> Vec<u8> {
    with_sheet(&format!(
        "<worksheet><sheetData>{rows}</sheetData></worksheet>"
    ))
}

/// A gigabyte of nothing in a megabyte.
pub fn bomb() -> Vec<u8> {
    let nothing = vec![b' '; 300 << 20];
    zipped(&[("xl/worksheets/sheet1.xml", &nothing)])
}

/// Workbooks that no spreadsheet writes, and what they are refused as.
pub fn hostile() -> Vec<(Vec<u8>, TableFault)> {
    let entities = "<!DOCTYPE a [<!ENTITY b \"xxxxxxxx\"><!ENTITY c \"&b;&b;&b;&b;\">]><worksheet><sheetData><row r=\"1\"><c r=\"A1\" t=\"inlineStr\"><is><t>&c;</t></is></c></row></sheetData></worksheet>";
    vec![
        (zipped(&[]), TableFault::Damaged),
        (
            zipped(&[("word/document.xml", b"<a/>")]),
            TableFault::Damaged,
        ),
        (sheet(""), TableFault::Empty),
        (
            sheet("<row r=\"1\"><c r=\"A1\"><v>1</v>"),
            TableFault::Damaged,
        ),
        (
            sheet("<row r=\"1\"><c r=\"ZZZ1\" t=\"str\"><v>a</v></c></row>"),
            TableFault::TooWide,
        ),
        (
            sheet("<row r=\"1\"><c r=\"A1\" t=\"s\"><v>99999999</v></c></row>"),
            TableFault::Damaged,
        ),
        (with_sheet(entities), TableFault::Damaged),
    ]
}

/// A workbook whose cells are these texts, each row another one.
pub fn of_texts(fields: &str, texts: &[String]) -> Vec<u8> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for (column, field) in (0u16..).zip(fields.split(',').chain(["text"])) {
        sheet.write(0, column, field).unwrap();
        for (row, text) in (1u32..).zip(texts) {
            let text: String = text.chars().take(8_000).collect();
            let sound = column == 0 && row % 2 == 0;
            let cell = if sound { row.to_string() } else { text };
            let _ = sheet.write(row, column, cell); // what the writer refuses is no cell
        }
    }
    book.save_to_buffer().unwrap()
}

/// Numbers, dates, formulas, errors and truth values where texts belong, and texts where they do.
pub fn of_wrong_types(fields: &str) -> Vec<u8> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    let day = Format::new().set_num_format("dd.mm.yyyy");
    for (column, field) in (0u16..).zip(fields.split(',').chain(["text"])) {
        sheet.write(0, column, field).unwrap();
        for (row, number) in (1u32..).zip([1e300, -1.0, 0.1, 1e16, 2_958_466.0, -657_435.0]) {
            sheet.write(row, column, number).unwrap();
            sheet
                .write_with_format(row + 10, column, number, &day)
                .unwrap();
        }
        sheet.write(20, column, true).unwrap();
        sheet.write_formula(21, column, "=1/0").unwrap();
        sheet
            .write_formula(22, column, "=HYPERLINK(\"https://evil.example\",\"a\")")
            .unwrap();
    }
    book.save_to_buffer().unwrap()
}
