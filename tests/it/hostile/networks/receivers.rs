//! Whom we tell, meaning harm: what a webhook's receiver and a mail server answer to a message. Start
//! with [`try_all`].

use std::{
    sync::{Arc, LazyLock},
    time::Duration,
};

use otklik::{
    config::{
        catalogue::Catalogue,
        secrets::WebhookSecret,
        settings::{Settings, Tls},
    },
    domain::{job::Alert, plain::is_steering, post::Platform},
    notify::{Mail, Message, Outcome, Webhook},
};
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
    time::timeout,
};

use super::{
    Door, answers,
    throws::{self, Kind},
    wires::Wires,
};
use crate::{
    harness::START,
    hostile::{
        matrix::{ANSWERS, Attack, Ended, Matrix},
        payloads::texts,
    },
};

/// An attempt may take a second; one that takes longer than these hangs.
const LONGEST: Duration = Duration::from_secs(5);
const TO: &str = "duty@otklik.example";

static HOOK: Door = super::door(
    "webhook receiver",
    Platform::Feed,
    "/hook",
    Kind::Json,
    answers::json_feed,
);

/// Tells hostile receivers of an incident.
pub async fn try_all(matrix: &mut Matrix) {
    for (attack, _) in ANSWERS {
        hook(attack, matrix).await;
        for (at, lines) in conversations(attack).into_iter().enumerate() {
            let server = listen(lines).await;
            let ended = judged(mail(server).deliver(TO, &message(&alert()))).await;
            matrix.note("mail server", attack, &format!("conversation {at}"), ended);
        }
    }
    matrix.rest_empty(
        "webhook receiver",
        "a format that its receiver does not speak",
    );
    matrix.rest_empty("mail server", "a mail server answers lines of plain text");
}

async fn hook(attack: Attack, matrix: &mut Matrix) {
    let (server, other) = (Wires::start().await, Wires::start().await);
    let thrown = match attack {
        Attack::Drip => throws::drips(),
        _ => throws::all(&HOOK, attack, &other),
    };
    for (at, manner) in thrown.into_iter().enumerate() {
        server.on(HOOK.path, manner);
        let url = format!("http://{}{}", server.address, HOOK.path);
        let secret = WebhookSecret::parse("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
        let webhook = Webhook::new(&url, secret, "http://x", Duration::from_secs(1)).unwrap();
        let ended = judged(webhook.deliver(message(&alert()))).await;
        let ended = match other.asked() {
            0 => ended,
            _ => Err("a redirect was followed".into()),
        };
        matrix.note(HOOK.name, attack, &format!("answer {at}"), ended);
    }
}

/// Delivered, or a reason in one line.
async fn judged(attempt: impl Future<Output = Outcome>) -> Result<Ended, String> {
    match timeout(LONGEST, attempt)
        .await
        .map_err(|_| "an attempt hangs")?
    {
        Outcome::Delivered => Ok(Ended::Text),
        Outcome::Retry { reason, .. } | Outcome::Refused(reason) => {
            match reason.len() < 10 || reason.len() > 1000 || reason.chars().any(is_steering) {
                true => Err(format!("it tells {} bytes: {reason}", reason.len())),
                false => Ok(Ended::Refused),
            }
        }
        Outcome::NoChannel => Err("there was somebody to tell".into()),
    }
}

fn alert() -> Alert {
    Alert {
        event: "incident.opened".into(),
        incident: "01".into(),
        number: 7,
        sector: "housing".into(),
        topic: "housing.heating".into(),
        title: "Нет тепла".into(),
        municipality: None,
        place: None,
        due: None,
        link: "/incidents/7".into(),
    }
}

fn message(alert: &Alert) -> Message<'_> {
    Message {
        id: "m",
        happened: START,
        now: START,
        alert,
        gathered: &[],
    }
}

fn mail(port: u16) -> Mail {
    let mut settings = Settings::load(None, []).unwrap();
    let alerts = &mut settings.alerts;
    alerts.mail_to = vec![TO.into()];
    alerts.smtp.from = "otklik@otklik.example".into();
    (alerts.smtp.host, alerts.smtp.port) = ("127.0.0.1".into(), port);
    (alerts.smtp.tls, alerts.smtp.timeout_seconds) = (Tls::None, 1);
    static CATALOGUE: LazyLock<Arc<Catalogue>> =
        LazyLock::new(|| Arc::new(Catalogue::built_in().unwrap()));
    Mail::new(
        &settings,
        CATALOGUE.clone(),
        Arc::default(),
        jiff::tz::TimeZone::UTC,
    )
    .unwrap()
}

/// What the server says at once, and after each line that it hears; then it hangs up, or is silent when
/// its last line is empty.
type Lines = Vec<Vec<u8>>;

fn conversations(attack: Attack) -> Vec<Lines> {
    let greeted = |last: Vec<u8>| {
        let sound: [&[u8]; 3] = [b"220 mx\r\n", b"250 mx\r\n", b"250 ok\r\n"];
        sound
            .iter()
            .map(|line| line.to_vec())
            .chain([last])
            .collect::<Lines>()
    };
    let words = texts(attack);
    let refusals = words.iter().flat_map(|text| {
        let (now, ever) = (
            format!("450 4.2.1 {text}\r\n"),
            format!("550-5.1.1 a\r\n550 {text}\r\n"),
        );
        [greeted(now.into_bytes()), greeted(ever.into_bytes())]
    });
    let own: Vec<Lines> = match attack {
        Attack::Oversized => vec![
            greeted(format!("550 {}\r\n", "x".repeat(1 << 20)).into_bytes()),
            greeted("550-5.1.1 no\r\n".repeat(200_000).into_bytes()),
        ],
        Attack::Malformed => [
            b"hello\r\n".as_slice(),
            b"999 x\r\n",
            b"220",
            b"220-mx\r\n",
            b"\r\n\r\n",
            b"5\xD0\xB00 x\r\n",
            b"HTTP/1.1 400 Bad\r\n\r\n",
        ]
        .map(|line| vec![line.to_vec()])
        .to_vec(),
        Attack::Encoding => vec![
            greeted(b"550 5.1.1 \xFF\xFE\xC0\xAF\r\n".to_vec()),
            greeted(b"550 \xCD\xE5\xF2\r\n".to_vec()),
        ],
        Attack::Nul => vec![
            greeted(b"550 5.1.1 a\0b\r\n".to_vec()),
            vec![vec![0; 10_000]],
        ],
        Attack::Drip => vec![vec![Vec::new()], greeted(Vec::new())],
        Attack::Numbers => vec![
            vec![b"99999999999999999999 x\r\n".to_vec()],
            vec![b"-220 x\r\n".to_vec()],
        ],
        _ => Vec::new(),
    };
    refusals.chain(own).collect()
}

async fn listen(lines: Lines) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        let (stream, _) = listener.accept().await.unwrap();
        let _ = converse(stream, lines).await; // whoever hangs up is let go
    });
    port
}

async fn converse(stream: TcpStream, lines: Lines) -> std::io::Result<()> {
    let mut stream = BufReader::new(stream);
    let mut heard = String::new();
    let silent = lines.last().is_some_and(Vec::is_empty);
    for line in lines {
        stream.get_mut().write_all(&line).await?;
        stream.read_line(&mut heard).await?;
    }
    while silent && stream.read_line(&mut heard).await? > 0 {}
    Ok(())
}
