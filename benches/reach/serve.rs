//! The real `otklik serve` over the filled installation: how long from its start to the first page that
//! it answers, and what it holds in memory then, after pages, and after searches.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail, ensure};

use super::{
    fill::Place,
    pages::{HEAD, Person},
    region::{Dice, Region},
};

/// A running server that is stopped when dropped.
struct Served(Child);

impl Drop for Served {
    fn drop(&mut self) {
        let stop = Command::new("kill").arg(self.0.id().to_string()).status();
        if stop.is_ok() {
            let _ = self.0.wait();
        }
    }
}

/// Prints times and memory.
pub fn report(place: &Place, region: &Region) -> Result<()> {
    println!("\notklik serve over {} posts", region.posts());
    for start in ["first start", "second start"] {
        let began = Instant::now();
        let (served, address) = start_serving(place)?;
        let listening = began.elapsed();
        get(&address, HEAD, "/queue")?;
        println!(
            "  {start}: listens after {:.2} s, first queue answered after {:.2} s",
            listening.as_secs_f64(),
            began.elapsed().as_secs_f64()
        );
        memory(&served, "after the first page")?;
        for round in 0..200 {
            let number = 1 + Dice::of(round).below(region.incidents);
            get(&address, HEAD, &format!("/incidents/{number}"))?;
            get(&address, HEAD, "/queue")?;
        }
        memory(&served, "after 200 queues and incidents")?;
        for round in 0..200 {
            let words = region.question(&mut Dice::of(round + 7));
            let mut path = url::form_urlencoded::Serializer::new("/search?".to_owned());
            get(&address, HEAD, &path.append_pair("q", &words).finish())?;
        }
        memory(&served, "after 200 searches")?;
        let before = processor(&served)?;
        std::thread::sleep(Duration::from_secs(10));
        memory(&served, "after 10 quiet seconds")?;
        let used = processor(&served)? - before;
        println!("    processor in 10 quiet seconds     {used:.2} s");
    }
    Ok(())
}

fn start_serving(place: &Place) -> Result<(Served, String)> {
    let mut serve = Command::new(env!("CARGO_BIN_EXE_otklik"));
    // its settings know nothing of this benchmark's
    for (name, _) in std::env::vars() {
        if name.starts_with("OTKLIK_") {
            serve.env_remove(name);
        }
    }
    let mut child = serve
        .arg("serve")
        .env("OTKLIK_DATA_DIR", &place.data_dir)
        .env("OTKLIK_DATABASE_URL", &place.url)
        .env("OTKLIK_WEB__LISTEN", "127.0.0.1:0")
        .current_dir(&place.data_dir)
        .stdin(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()?;
    let mut lines = BufReader::new(child.stderr.take().context("it has a stderr")?).lines();
    let served = Served(child);
    let mut told = String::new();
    let address = loop {
        let Some(line) = lines.next() else {
            bail!("otklik serve ended: {told}");
        };
        told = line?;
        if let Some((_, address)) = told.split_once("listens on http://") {
            break address.trim().to_owned();
        }
    };
    // what it writes later must not fill the pipe
    std::thread::spawn(move || lines.for_each(drop));
    Ok((served, address))
}

fn get(address: &str, person: Person, path: &str) -> Result<usize> {
    let mut stream = TcpStream::connect(address)?;
    write!(
        stream,
        "GET {path} HTTP/1.1\r\nhost: {address}\r\ncookie: otklik={}\r\nconnection: close\r\n\r\n",
        person.login
    )?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer)?;
    ensure!(
        answer.starts_with(b"HTTP/1.1 200"),
        "{path} was not answered"
    );
    Ok(answer.len())
}

/// Seconds of processor time so far, at the kernel's 100 ticks a second.
fn processor(served: &Served) -> Result<f64> {
    let path = Path::new("/proc").join(served.0.id().to_string());
    let stat = std::fs::read_to_string(path.join("stat"))?;
    let after_name = stat.rsplit(')').next().unwrap_or_default();
    // utime and stime are the 14th and 15th fields; the name was the second
    let ticks = after_name.split_whitespace().skip(11).take(2);
    Ok(ticks.filter_map(|n| n.parse::<f64>().ok()).sum::<f64>() / 100.0)
}

/// What the process holds: its own memory, and pages of files that are mapped (the index, the program).
fn memory(served: &Served, when: &str) -> Result<()> {
    let status = std::fs::read_to_string(
        Path::new("/proc")
            .join(served.0.id().to_string())
            .join("status"),
    )?;
    let megabytes = |name: &str| -> f64 {
        let line = status.lines().find(|line| line.starts_with(name));
        let number = line.and_then(|line| line.split_whitespace().nth(1)?.parse::<f64>().ok());
        number.unwrap_or_default() / 1024.0
    };
    println!(
        "    {when:<32} own memory {:>6.0} MB   mapped files {:>6.0} MB",
        megabytes("RssAnon"),
        megabytes("RssFile")
    );
    Ok(())
}
