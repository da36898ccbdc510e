//! One conversation with the mail server, and what its answers mean. Each letter goes to one mailbox
//! on a connection of its own: what one mailbox is refused, no other hears of. Start with
//! [`Server::send`].

use std::{fs, time::Duration};

use anyhow::{Context, Result, bail};
use lettre::{
    Address,
    transport::smtp::{
        Error,
        authentication::{Credentials, DEFAULT_MECHANISMS},
        client::{AsyncSmtpConnection, Certificate, TlsParameters},
        commands::{Data, Mail, Rcpt},
        extension::ClientId,
    },
};
use secrecy::ExposeSecret;

use super::Outcome;
use crate::{
    config::settings::{Smtp, Tls},
    domain::plain::is_steering,
};

/// The farewell changes nothing; nobody waits longer for it.
const FAREWELL: Duration = Duration::from_secs(1);
/// Characters of the server's words that are kept.
const WORDS: usize = 200;

/// The mail server of the settings.
pub struct Server {
    host: String,
    port: u16,
    tls: Option<TlsParameters>,
    starttls: bool,
    credentials: Option<Credentials>,
    hello: ClientId,
    from: Address,
    within: Duration,
}

/// Why a letter was not taken.
enum Trouble {
    /// The server itself, or our way to it: another time.
    Server(String),
    /// It talked about this mailbox or this letter.
    Letter(Error),
}

impl Server {
    /// The server, for letters from `from`. Opens no connection.
    ///
    /// # Errors
    /// A sentence: no encryption beyond loopback, certificates that cannot be read.
    pub fn new(smtp: &Smtp, from: Address) -> Result<Server> {
        if smtp.tls == Tls::None && !smtp.is_loopback() {
            bail!("tls = \"none\" is for a mail server on this machine alone");
        }
        let user = (!smtp.user.is_empty()).then(|| smtp.user.clone());
        Ok(Server {
            host: smtp.bare_host().to_owned(),
            port: smtp.port,
            tls: match smtp.tls {
                Tls::None => None,
                Tls::Starttls | Tls::Implicit => Some(tls(smtp)?),
            },
            starttls: smtp.tls == Tls::Starttls,
            credentials: user
                .map(|user| Credentials::new(user, smtp.password.expose_secret().to_owned())),
            hello: ClientId::Domain(from.domain().to_owned()),
            from,
            within: Duration::from_secs(smtp.timeout_seconds),
        })
    }

    /// One attempt to hand a letter over, of bounded length.
    pub async fn send(&self, to: &Address, letter: &[u8]) -> Outcome {
        match tokio::time::timeout(self.within, self.hand_over(to, letter)).await {
            Ok(Ok(connection)) => {
                farewell(connection).await;
                Outcome::Delivered
            }
            Ok(Err(trouble)) => trouble.outcome(),
            Err(_) => again("the mail server did not answer in time".into()),
        }
    }

    async fn hand_over(&self, to: &Address, letter: &[u8]) -> Result<AsyncSmtpConnection, Trouble> {
        let mut server = self.meet().await?;
        let ours = Mail::new(Some(self.from.clone()), Vec::new());
        // Refusing us as sender says nothing of the mailbox: settings may be mended meanwhile.
        server.command(ours).await.map_err(Trouble::of_server)?;
        let letter = async {
            server.command(Rcpt::new(to.clone(), Vec::new())).await?;
            server.command(Data).await?;
            server.message(letter).await
        };
        match letter.await {
            Ok(_) => Ok(server),
            Err(error) => {
                farewell(server).await;
                Err(Trouble::Letter(error))
            }
        }
    }

    /// Greets, encrypts and signs in.
    async fn meet(&self) -> Result<AsyncSmtpConnection, Trouble> {
        let at_once = self.tls.clone().filter(|_| !self.starttls);
        let place = (self.host.as_str(), self.port);
        let met = AsyncSmtpConnection::connect_tokio1(
            place,
            Some(self.within),
            &self.hello,
            at_once,
            None,
        );
        let mut server = met.await.map_err(Trouble::of_server)?;
        if let Some(tls) = self.tls.clone().filter(|_| self.starttls) {
            if !server.can_starttls() {
                let reason = "the mail server offers no STARTTLS, so nothing was sent";
                return Err(Trouble::Server(reason.into()));
            }
            let encrypted = server.starttls(tls, &self.hello).await;
            encrypted.map_err(Trouble::of_server)?;
        }
        if let Some(credentials) = &self.credentials {
            let signed_in = server.auth(DEFAULT_MECHANISMS, credentials).await;
            signed_in.map_err(Trouble::of_server)?;
        }
        Ok(server)
    }
}

impl Trouble {
    fn of_server(error: Error) -> Trouble {
        Trouble::Server(words(&error))
    }

    fn outcome(self) -> Outcome {
        match self {
            Trouble::Letter(error) if error.is_permanent() => Outcome::Refused(words(&error)),
            Trouble::Letter(error) => again(words(&error)),
            Trouble::Server(reason) => again(reason),
        }
    }
}

fn again(reason: String) -> Outcome {
    Outcome::Retry {
        reason,
        after: None,
    }
}

async fn farewell(mut server: AsyncSmtpConnection) {
    // Whatever it answers, the letter's fate is known.
    let _ = tokio::time::timeout(FAREWELL, server.quit()).await;
}

fn tls(smtp: &Smtp) -> Result<TlsParameters> {
    let mut tls = TlsParameters::builder(smtp.bare_host().to_owned());
    if !smtp.ca_bundle.as_os_str().is_empty() {
        let file = smtp.ca_bundle.display();
        let pem = fs::read(&smtp.ca_bundle).with_context(|| format!("cannot read {file}"))?;
        let ours = Certificate::from_pem(&pem)
            .with_context(|| format!("{file} holds no certificates in PEM"))?;
        tls = tls.add_root_certificate(ours);
    }
    tls.build_rustls()
        .context("cannot prepare TLS; is ca-certificates installed?")
}

/// What went wrong, in a line: the server's code and words, or the kind of trouble on the way.
fn words(error: &Error) -> String {
    let cause = std::error::Error::source(error).map(ToString::to_string);
    let cause = cause.unwrap_or_default();
    let said = match error.status() {
        Some(code) => format!("the mail server answered {code} {cause}"),
        None if error.is_timeout() => "the mail server did not answer in time".to_owned(),
        None if error.is_tls() => format!("no encrypted way to the mail server: {cause}"),
        None => format!("the mail server cannot be talked to: {cause}"),
    };
    let clean = |c: char| if is_steering(c) { ' ' } else { c };
    said.trim().chars().map(clean).take(WORDS).collect()
}
