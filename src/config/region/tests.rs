use super::*;

const PLACES: &str = "code,kind,type,name,municipality,settlement,lat,lon,aliases\n\
    1,municipality,район,Лесной,1,,56.0,61.0,\n\
    2,settlement,с.,Дубки,1,,56.1,61.1,Дубок\n\
    3,street,ул.,Речная,1,2,56.1,61.1,\n";

fn parse(files: &[(&str, &str)]) -> Result<RegionCatalogue, CatalogueError> {
    RegionCatalogue::parse(files, Timestamp::from_millis(0), Vec::new())
}

#[test]
fn shipped_region_is_sound() {
    let region = RegionCatalogue::svetlorechye(Timestamp::from_millis(0))
        .expect("shipped files are checked here");
    assert!(region.municipalities().len() >= 12);
    assert_eq!(region.pages.len(), 13);
    assert_eq!(region.claims.len(), 10);
    assert!(region.sources.len() >= 12);
    assert_eq!(region.info.expect("there").timezone, "Asia/Yekaterinburg");
}

#[test]
fn a_region_of_places_alone_is_enough() {
    let region = parse(&[("places.csv", PLACES)]).expect("sound");
    assert_eq!(
        region.place("3").expect("there").settlement.as_deref(),
        Some("2")
    );
    assert_eq!(region.place("1").expect("there").settlement, None);
}

#[test]
fn every_mistake_is_told_with_its_line() {
    let places = format!("{PLACES}3,street,ул.,Лесная,7,1,56.1,,\n4,planet,,Марс,1,,,,\n");
    let sources = "[[source]]\ncode = \"a\"\nplatform = \"vk\"\nowner = \"1\"\nname = \"A\"\nmunicipality = \"9\"\n\
                   [[source]]\ncode = \"b\"\nplatform = \"pigeon\"\nowner = \"1\"\nname = \"B\"\n";
    let pages = "[[page]]\ncode = \"p\"\nbody = \"\"\nnetwork = \"vk\"\naddress = \"/a\"\nclass = \"card\"\n\
                 gosorg = \"none\"\nposts_per_week_norm = 1\nsource = \"nobody\"\n";
    let claims = "{\"id\":\"c\",\"text\":\"Так\"}\n\n{\"id\":\"c\",\"text\":\"И так\"}\nnonsense\n";
    let files = [
        ("places.csv", places.as_str()),
        ("sources.toml", sources),
        ("pages.toml", pages),
        ("claims.jsonl", claims),
    ];
    let told = parse(&files).expect_err("must be refused").to_string();
    for part in [
        "places.csv:5: code 3 is used twice",
        "places.csv:5: there is no municipality 7",
        "places.csv:5: there is no settlement 1",
        "places.csv:5: latitude and longitude",
        "places.csv:6: not a place",
        "sources.toml:1: there is no municipality 9",
        "sources.toml:7: ",
        "pages.toml:1: there is no source nobody",
        "claims.jsonl:3: claim c is listed twice",
        "claims.jsonl:4: not a claim",
    ] {
        assert!(told.contains(part), "{part} not in:\n{told}");
    }
}

#[test]
fn tables_that_could_never_read_anything_are_refused_with_the_line_of_their_key() {
    let sources = "[[source]]\ncode = \"a\"\nplatform = \"site\"\nowner = \"https://g.example/news\"\nname = \"A\"\n\
        [source.site]\nitem = \"div >>> a\"\ndate = \".date\"\ndate_format = \"%!\"\nzone = \"Europe/Nowhere\"\n\
        remove = [\".ok\", \"[[\"]\npages = \"/news?p=\"\n\
        [[source]]\ncode = \"b\"\nplatform = \"open311\"\nowner = \"g.example\"\nname = \"B\"\n\
        [source.open311]\nformat = \"csv\"\n[source.site]\nitem = \"a\"\n\
        [[source]]\ncode = \"c\"\nplatform = \"site\"\nowner = \"https://g.example/\"\nname = \"C\"\n\
        [source.site]\nitems = \"a\"\n";
    let told = parse(&[("sources.toml", sources)])
        .expect_err("must be refused")
        .to_string();
    for part in [
        "sources.toml:7: site.item: \"div >>> a\" is no CSS selector: DanglingCombinator",
        "sources.toml:9: site.date_format: \"%!\" cannot be followed",
        "sources.toml:10: site.zone: there is no time zone",
        "sources.toml:11: site.remove: \"[[\" is no CSS selector",
        "sources.toml:12: site.pages: {page} must stand",
        "sources.toml:16: owner: \"g.example\" is no address",
        "sources.toml:19: open311.format: \"csv\" is neither",
        "sources.toml:20: [source.site] belongs to a source of platform \"site\"",
        "sources.toml:22: unknown field `items`",
    ] {
        assert!(told.contains(part), "{part} not in:\n{told}");
    }
}

#[test]
fn a_folder_that_is_not_there_is_told() {
    let told = RegionCatalogue::load(Path::new("/no/such/region"), Timestamp::from_millis(0));
    assert!(
        told.expect_err("absent")
            .to_string()
            .contains("/no/such/region")
    );
}

#[test]
fn sources_stand_in_one_list_or_in_a_folder_of_lists() {
    let list = |code: &str| {
        format!(
            "[[source]]\ncode = \"{code}\"\nplatform = \"vk\"\nowner = \"7\"\nname = \"Город\"\n"
        )
    };
    let folder = tempfile::tempdir().expect("a folder");
    let write = |name: &str, text: String| {
        std::fs::write(folder.path().join(name), text).expect("it is written");
    };
    std::fs::create_dir(folder.path().join("sources")).expect("a folder");
    write("sources.toml", list("a"));
    write("sources/schools.toml", list("c"));
    write("sources/hospitals.toml", list("b"));
    write("sources/readme.md", "no list".into());
    let region = RegionCatalogue::load(folder.path(), Timestamp::from_millis(0)).expect("sound");
    let codes: Vec<&str> = region.sources.iter().map(|s| s.code.as_str()).collect();
    assert_eq!(codes, ["a", "b", "c"]);
    write("sources/schools.toml", list("a"));
    let told = RegionCatalogue::load(folder.path(), Timestamp::from_millis(0));
    let told = told.expect_err("a code stands twice").to_string();
    assert!(
        told.contains("schools.toml:1: source a is listed twice"),
        "{told}"
    );
}
