//! What must follow from what, written from the rules (docs/api.md「状态」, domain law), not from
//! the hub: documents of a few units, who sees them, and what each act does or is refused as.

use std::collections::{BTreeMap, BTreeSet};

/// The units by their place; the first sends, the last is now and then a joint issuer.
pub const UNITS: [&str; 4] = ["government", "court", "procuratorate", "justice"];

/// What people do for their unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Post {
    Clerk,
    Signer,
    Reader,
}

impl Post {
    pub const ALL: [Self; 3] = [Self::Clerk, Self::Signer, Self::Reader];

    pub fn code(self) -> &'static str {
        match self {
            Self::Clerk => "clerk",
            Self::Signer => "signer",
            Self::Reader => "reader",
        }
    }
}

/// Something that somebody tries.
#[derive(Debug, Clone, Copy)]
pub struct Act {
    pub unit: usize,
    pub post: Post,
    pub what: What,
}

/// What is tried, and on which document of the sequence.
#[derive(Debug, Clone, Copy)]
pub enum What {
    Redraft(usize),
    Discard(usize),
    Consent(usize),
    Issue(usize),
    Send(usize),
    Open(usize),
    /// Signs for the delivery to a unit.
    Sign(usize, usize),
    /// Drafts a reply.
    Answer(usize),
}

/// How an act ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    Done,
    /// There is no such thing, as far as the caller may know.
    Hidden,
    /// The caller may know it, and somebody else has to do this.
    Forbidden,
    /// Not now.
    WrongState,
    /// What was filled in does not fit.
    Invalid,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    Draft,
    Issued,
    Sent,
    Discarded,
}

impl State {
    pub fn code(self) -> Option<&'static str> {
        match self {
            Self::Draft => Some("draft"),
            Self::Issued => Some("issued"),
            Self::Sent => Some("sent"),
            Self::Discarded => None,
        }
    }
}

/// A document, as the rules have it.
#[derive(Debug, Clone)]
pub struct Paper {
    pub from: usize,
    pub to: Vec<usize>,
    pub joint: Option<usize>,
    pub answers: Option<usize>,
    pub state: State,
    consented: bool,
    read: BTreeSet<usize>,
    signed: BTreeSet<usize>,
    replied: BTreeSet<usize>,
}

impl Paper {
    pub fn drafted(from: usize, to: Vec<usize>, joint: Option<usize>) -> Self {
        Self {
            from,
            to,
            joint,
            answers: None,
            state: State::Draft,
            consented: false,
            read: BTreeSet::new(),
            signed: BTreeSet::new(),
            replied: BTreeSet::new(),
        }
    }

    /// Drafts are for those who issue them; what is sent is also for those it went to.
    pub fn is_seen_by(&self, unit: usize) -> bool {
        let issues = self.from == unit || self.joint == Some(unit);
        match self.state {
            State::Discarded => false,
            State::Draft | State::Issued => issues,
            State::Sent => issues || self.to.contains(&unit),
        }
    }

    /// How far the delivery to each recipient has come.
    pub fn deliveries(&self) -> BTreeMap<usize, &'static str> {
        let far = |unit| match unit {
            unit if self.signed.contains(unit) => "signed",
            unit if self.read.contains(unit) => "read",
            _ => "arrived",
        };
        let sent = self.to.iter().filter(|_| self.state == State::Sent);
        sent.map(|unit| (*unit, far(unit))).collect()
    }

    /// Every event that has its statement, with the unit it concerns.
    pub fn events(&self) -> BTreeSet<(&'static str, usize)> {
        if self.state != State::Sent {
            return BTreeSet::new();
        }
        let of = |event, units: &BTreeSet<usize>| -> Vec<_> {
            units.iter().map(|unit| (event, *unit)).collect()
        };
        let mut events = BTreeSet::from([("submission", self.from)]);
        events.extend(self.to.iter().map(|unit| ("arrival", *unit)));
        events.extend(of("reading", &self.read));
        events.extend(of("signing", &self.signed));
        events.extend(of("reply", &self.replied));
        events
    }
}

/// The documents of one sequence.
#[derive(Debug, Clone)]
pub struct Model {
    pub papers: Vec<Paper>,
}

impl Model {
    /// What the rules say to an act; a legal one has happened afterwards.
    pub fn does(&mut self, act: Act) -> Outcome {
        let unit = act.unit;
        match act.what {
            What::Redraft(paper) => {
                let outcome = self.own_draft(paper, act);
                if outcome == Outcome::Done {
                    // What they consented to is no longer what it says.
                    self.papers[paper].consented = false;
                }
                outcome
            }
            What::Discard(paper) => {
                let outcome = self.own_draft(paper, act);
                if outcome == Outcome::Done {
                    self.papers[paper].state = State::Discarded;
                }
                outcome
            }
            What::Consent(paper) => self.consent(paper, act),
            What::Issue(paper) => self.issue(paper, act),
            What::Send(paper) => self.send(paper, act),
            What::Open(paper) => {
                let paper = &mut self.papers[paper];
                if !paper.is_seen_by(unit) {
                    return Outcome::Hidden;
                }
                if paper.state == State::Sent && paper.to.contains(&unit) {
                    paper.read.insert(unit);
                }
                Outcome::Done
            }
            What::Sign(paper, recipient) => self.sign(paper, recipient, act),
            What::Answer(original) => self.answer(original, act),
        }
    }

    /// Of the issuing unit, by somebody of its office, while it is a draft.
    fn own_draft(&self, paper: usize, act: Act) -> Outcome {
        let paper = &self.papers[paper];
        if act.post != Post::Clerk {
            // Whatever the document, and whether there is one.
            return Outcome::Forbidden;
        }
        match () {
            () if !paper.is_seen_by(act.unit) => Outcome::Hidden,
            () if paper.from != act.unit => Outcome::Forbidden,
            () if paper.state != State::Draft => Outcome::WrongState,
            () => Outcome::Done,
        }
    }

    fn consent(&mut self, paper: usize, act: Act) -> Outcome {
        let paper = &mut self.papers[paper];
        match () {
            () if !paper.is_seen_by(act.unit) => Outcome::Hidden,
            () if paper.joint != Some(act.unit) => Outcome::Forbidden,
            () if act.post != Post::Signer => Outcome::Forbidden,
            () if paper.state != State::Draft => Outcome::WrongState,
            () => {
                paper.consented = true;
                Outcome::Done
            }
        }
    }

    fn issue(&mut self, paper: usize, act: Act) -> Outcome {
        let paper = &mut self.papers[paper];
        match () {
            () if !paper.is_seen_by(act.unit) => Outcome::Hidden,
            () if paper.from != act.unit => Outcome::Forbidden,
            () if act.post != Post::Signer => Outcome::Forbidden,
            () if paper.state != State::Draft => Outcome::WrongState,
            () if paper.joint.is_some() && !paper.consented => Outcome::WrongState,
            () => {
                paper.state = State::Issued;
                Outcome::Done
            }
        }
    }

    fn send(&mut self, place: usize, act: Act) -> Outcome {
        let paper = &self.papers[place];
        let original = paper.answers;
        let may_answer =
            original.is_none_or(|original| self.papers[original].signed.contains(&act.unit));
        match () {
            () if !paper.is_seen_by(act.unit) => Outcome::Hidden,
            () if paper.from != act.unit => Outcome::Forbidden,
            () if act.post != Post::Clerk => Outcome::Forbidden,
            () if paper.state != State::Issued => Outcome::WrongState,
            () if !may_answer => Outcome::WrongState,
            () => {
                self.papers[place].state = State::Sent;
                if let Some(original) = original {
                    self.papers[original].replied.insert(act.unit);
                }
                Outcome::Done
            }
        }
    }

    /// Signing again changes nothing and is no fault.
    fn sign(&mut self, paper: usize, recipient: usize, act: Act) -> Outcome {
        let paper = &mut self.papers[paper];
        let exists = paper.state == State::Sent && paper.to.contains(&recipient);
        let issues = paper.from == act.unit || paper.joint == Some(act.unit);
        match () {
            () if !exists => Outcome::Hidden,
            () if act.unit != recipient && !issues => Outcome::Hidden,
            () if act.unit != recipient => Outcome::Forbidden,
            () if act.post != Post::Clerk => Outcome::Forbidden,
            () => {
                paper.signed.insert(recipient);
                Outcome::Done
            }
        }
    }

    /// A reply is to something that was delivered to the unit.
    fn answer(&mut self, original: usize, act: Act) -> Outcome {
        let paper = &self.papers[original];
        match () {
            () if act.post != Post::Clerk => Outcome::Forbidden,
            () if paper.state != State::Sent => Outcome::Invalid,
            () if !paper.to.contains(&act.unit) => Outcome::Invalid,
            () => {
                let mut reply = Paper::drafted(act.unit, vec![paper.from], None);
                reply.answers = Some(original);
                self.papers.push(reply);
                Outcome::Done
            }
        }
    }
}
