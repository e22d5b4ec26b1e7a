use jiff::Timestamp;
use url::{Host, Url};

use crate::{
    config::Config,
    domain::{DocNumber, EmailAddress, Notification, NotificationId, Occasion},
};

/// What is written to one person. A mail leaves the hub, so it says what the notification says and
/// nothing of what the document says, not even its title.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Letter {
    pub(super) id: NotificationId,
    pub(super) to: EmailAddress,
    pub(super) written_at: Timestamp,
    pub(super) subject: String,
    pub(super) body: String,
}

impl Letter {
    /// The letter about a notification to a person of the unit with this name. The number is that
    /// of the document, if it has one that the unit may see.
    pub(super) fn about(
        word: &Notification,
        to: EmailAddress,
        unit: &str,
        number: Option<&DocNumber>,
        config: &Config,
    ) -> Self {
        let name = &config.hub.name;
        let text = match &word.occasion {
            Occasion::Duty(_) => word.text.as_str(),
            // What somebody searches for is for nobody else to read on the way.
            Occasion::Match { .. } => "保存的检索有新文书",
        };
        let due_on = word.occasion.duty().and_then(|duty| duty.due_on);
        let mut lines = vec![
            format!("{unit}："),
            String::new(),
            format!("{text}。"),
            String::new(),
        ];
        lines.extend(number.map(|number| format!("发文字号：{number}")));
        lines.extend(due_on.map(|due| {
            let due = due.strftime("%Y年%-m月%-d日");
            format!("届满日：{due}")
        }));
        lines.extend(
            reachable(&config.hub.public_url)
                .map(|url| format!("查看：{url}/documents/{}", word.document)),
        );
        lines.extend([
            String::new(),
            format!(
                "本邮件由“{name}”自动发出，请勿回复。文书的标题和内容不在邮件里，请登录后查看。"
            ),
            String::new(),
        ]);
        Self {
            id: word.id,
            to,
            written_at: word.created_at,
            subject: format!("【{name}】{text}"),
            body: lines.join("\n"),
        }
    }

    /// A letter that shows that letters arrive.
    pub(super) fn of_test(
        config: &Config,
        id: NotificationId,
        to: EmailAddress,
        now: Timestamp,
    ) -> Self {
        let name = &config.hub.name;
        Self {
            id,
            to,
            written_at: now,
            subject: format!("【{name}】测试邮件"),
            body: format!("这是“{name}”的测试邮件。收到它，说明提醒可以发到这个邮箱。\n"),
        }
    }
}

/// The address of the hub, if it is one that other machines can reach.
fn reachable(public_url: &str) -> Option<&str> {
    let url = Url::parse(public_url).ok()?;
    let only_here = match url.host()? {
        Host::Domain(name) => name == "localhost",
        Host::Ipv4(address) => address.is_loopback(),
        Host::Ipv6(address) => address.is_loopback(),
    };
    (!only_here).then_some(public_url)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::domain::{
        DocumentId, DutyWord, Event, ObligationId, SavedSearchId, UnitId, UserId,
        deadline::EscalationLevel,
    };

    fn letter(config: &Config, number: Option<&str>, due: bool) -> Letter {
        let occasion = Occasion::Duty(DutyWord {
            obligation: ObligationId::fresh(),
            event: Event::Reminder,
            level: EscalationLevel::None,
            due_on: due.then(|| date(2026, 11, 2)),
        });
        letter_on(occasion, config, number)
    }

    fn letter_on(occasion: Occasion, config: &Config, number: Option<&str>) -> Letter {
        let word = Notification {
            id: NotificationId::fresh(),
            user: UserId::fresh(),
            unit: UnitId::fresh(),
            document: DocumentId(uuid::Uuid::nil()),
            occasion,
            text: "距回复期限届满还有 7 日".to_owned(),
            created_at: Timestamp::UNIX_EPOCH,
            read_at: None,
        };
        let number: Option<DocNumber> = number.map(|number| number.parse().unwrap());
        let to = "wang@example.gov.cn".parse().unwrap();
        Letter::about(&word, to, "市资源局", number.as_ref(), config)
    }

    #[test]
    fn a_letter_says_what_is_known_and_leads_to_the_hub() {
        let mut config = Config::default();
        config.hub.public_url = "https://wenshu.example.gov.cn".to_owned();
        let letter = letter(&config, Some("青法建〔2026〕3号"), true);
        assert_eq!(letter.subject, "【文枢】距回复期限届满还有 7 日");
        assert_eq!(
            letter.body,
            "市资源局：\n\n距回复期限届满还有 7 日。\n\n\
             发文字号：青法建〔2026〕3号\n\
             届满日：2026年11月2日\n\
             查看：https://wenshu.example.gov.cn/documents/00000000-0000-0000-0000-000000000000\n\n\
             本邮件由“文枢”自动发出，请勿回复。文书的标题和内容不在邮件里，请登录后查看。\n"
        );
    }

    #[test]
    fn what_somebody_searches_for_does_not_leave_the_hub() {
        let occasion = Occasion::Match {
            search: SavedSearchId::fresh(),
            name: "某案".to_owned(),
        };
        let letter = letter_on(occasion, &Config::default(), Some("青法建〔2026〕3号"));
        assert_eq!(letter.subject, "【文枢】保存的检索有新文书");
        assert!(
            letter.body.starts_with(
                "市资源局：\n\n保存的检索有新文书。\n\n发文字号：青法建〔2026〕3号\n\n"
            )
        );
    }

    #[test]
    fn a_letter_does_not_lead_where_only_the_hub_itself_gets() {
        for url in [
            "http://127.0.0.1:8080",
            "http://localhost",
            "http://[::1]:1",
        ] {
            let mut config = Config::default();
            url.clone_into(&mut config.hub.public_url);
            let letter = letter(&config, None, false);
            for absent in [url, "发文字号", "届满日"] {
                assert!(!letter.body.contains(absent), "{}", letter.body);
            }
        }
    }
}
