//! What is legal, in words of its own.

use wenshu::domain::DocumentState;

/// Who acts: three of the issuer, one of the joint issuer, the two recipients, a stranger.
pub(super) const PEOPLE: [&str; 7] = [
    "court.clerk",
    "court.signer",
    "court.reader",
    "procuratorate.signer",
    "resources.clerk",
    "government.clerk",
    "agriculture.clerk",
];
pub(super) const CLERK: usize = 0;
pub(super) const SIGNER: usize = 1;
pub(super) const READER: usize = 2;
pub(super) const JOINT: usize = 3;
/// The main and the copy recipient.
pub(super) const TO: [usize; 2] = [4, 5];

/// The same throws each time (splitmix64).
pub(super) struct Dice(pub(super) u64);

impl Dice {
    pub(super) fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((z ^ (z >> 31)) >> 33).unwrap() % limit
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Act {
    Edit,
    Discard,
    Submit,
    Withdraw,
    Approve,
    SendBack,
    Consent,
    Refuse,
    Issue,
    Send,
    Amend,
    Recall,
    Archive,
    /// Signing of the main (0) or the copy recipient (1).
    Sign(usize),
}

use Act::{
    Amend, Approve, Archive, Consent, Discard, Edit, Issue, Recall, Refuse, Send, SendBack, Sign,
    Submit, Withdraw,
};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    Done,
    Unknown,
    Forbidden,
    Illegal,
}

/// Where a version is, in the words of the model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stage {
    Writing,
    Looking,
    Signed,
    Out,
    Replaced,
    TakenBack,
    Gone,
}

/// What the model knows of one version.
#[derive(Debug, Clone)]
pub(super) struct Version {
    pub(super) stage: Stage,
    shelved: bool,
    pub(super) corrects: Option<usize>,
    joint: bool,
    agreed: bool,
    owes: bool,
    pub(super) signed: [bool; 2],
    /// Taken back before anybody signed.
    hidden: bool,
}

impl Version {
    pub(super) fn new(corrects: Option<usize>, joint: bool, owes: bool) -> Self {
        Self {
            stage: Stage::Writing,
            shelved: false,
            corrects,
            joint,
            agreed: false,
            owes,
            signed: [false; 2],
            hidden: false,
        }
    }

    pub(super) fn was_sent(&self) -> bool {
        matches!(self.stage, Stage::Out | Stage::Replaced | Stage::TakenBack)
    }

    pub(super) fn state(&self) -> DocumentState {
        match self.stage {
            _ if self.shelved => DocumentState::Archived,
            Stage::Writing => DocumentState::Draft,
            Stage::Looking => DocumentState::InReview,
            Stage::Signed => DocumentState::Issued,
            Stage::Out => DocumentState::Sent,
            Stage::Replaced => DocumentState::Superseded,
            Stage::TakenBack | Stage::Gone => DocumentState::Recalled,
        }
    }

    pub(super) fn seen_by(&self, person: usize) -> bool {
        self.stage != Stage::Gone
            && match person {
                CLERK | SIGNER | READER => true,
                JOINT => self.joint,
                _ => TO.contains(&person) && self.was_sent() && !self.hidden,
            }
    }
}

/// What the model knows of a document and its corrections, oldest first.
#[derive(Clone)]
pub(super) struct Model(pub(super) Vec<Version>);

impl Model {
    pub(super) fn does(&mut self, person: usize, act: Act, at: usize) -> Outcome {
        let office = [CLERK, TO[0], TO[1], 6].contains(&person);
        if matches!(act, Edit | Discard) && !office {
            return Outcome::Forbidden;
        }
        if let Sign(place) = act {
            return self.signs(person, place, at);
        }
        let version = &self.0[at];
        if !version.seen_by(person) {
            return Outcome::Unknown;
        }
        let entitled = match act {
            Edit | Discard | Submit | Withdraw | Send | Amend | Archive => person == CLERK,
            Approve | SendBack | Issue => person == SIGNER,
            Consent | Refuse => person == JOINT,
            Recall => person == CLERK || person == SIGNER,
            Sign(_) => true,
        };
        if !entitled {
            return Outcome::Forbidden;
        }
        if self.legal(act, at) {
            self.follow(act, at);
            Outcome::Done
        } else {
            Outcome::Illegal
        }
    }

    fn signs(&mut self, person: usize, place: usize, at: usize) -> Outcome {
        let version = &mut self.0[at];
        if !version.was_sent() {
            return Outcome::Unknown;
        }
        match person {
            CLERK | SIGNER | READER => return Outcome::Forbidden,
            JOINT if version.joint => return Outcome::Forbidden,
            _ if person != TO[place] => return Outcome::Unknown,
            _ => {}
        }
        if version.signed[place] {
            return Outcome::Done;
        }
        // An archived document may still be signed for, if it was neither replaced nor recalled.
        if version.stage != Stage::Out {
            return Outcome::Illegal;
        }
        version.signed[place] = true;
        Outcome::Done
    }

    fn legal(&self, act: Act, at: usize) -> bool {
        let version = &self.0[at];
        let in_force = version.stage == Stage::Out && !version.shelved;
        match act {
            Edit | Discard | Submit => version.stage == Stage::Writing,
            Withdraw | Approve | SendBack | Consent | Refuse => version.stage == Stage::Looking,
            Issue => version.stage == Stage::Looking && (version.agreed || !version.joint),
            Send => {
                let before = version.corrects.map(|before| &self.0[before]);
                version.stage == Stage::Signed
                    && before.is_none_or(|one| one.stage == Stage::Out && !one.shelved)
            }
            Amend => in_force && self.correction_of(at).is_none(),
            Recall => in_force,
            Archive => {
                let owed = version.owes && version.stage == Stage::Out;
                version.was_sent() && !version.shelved && !owed
            }
            Sign(_) => true,
        }
    }

    fn correction_of(&self, at: usize) -> Option<usize> {
        self.0
            .iter()
            .position(|one| one.corrects == Some(at) && one.stage != Stage::Gone)
    }

    fn follow(&mut self, act: Act, at: usize) {
        let version = &mut self.0[at];
        match act {
            Edit | Approve | Sign(_) => {}
            Discard => version.stage = Stage::Gone,
            Submit => version.stage = Stage::Looking,
            Withdraw | SendBack => (version.stage, version.agreed) = (Stage::Writing, false),
            Consent => version.agreed = true,
            Refuse => version.agreed = false,
            Issue => version.stage = Stage::Signed,
            Send => {
                version.stage = Stage::Out;
                if let Some(before) = version.corrects {
                    self.0[before].stage = Stage::Replaced;
                }
            }
            Amend => {
                let correction = Version::new(Some(at), version.joint, version.owes);
                self.0.push(correction);
            }
            Recall => {
                version.stage = Stage::TakenBack;
                version.hidden = version.signed == [false; 2];
            }
            Archive => version.shelved = true,
        }
    }
}

/// Somebody's act on some version; more often than by chance a legal one.
pub(super) fn a_move(model: &Model, dice: &mut Dice) -> (usize, Act, usize) {
    let mut chosen = any_move(model, dice);
    for _ in 0..6 {
        let (person, act, at) = chosen;
        let legal = model.clone().does(person, act, at) == Outcome::Done;
        // What ends a document is rarer than what goes on with it.
        let ends = matches!(act, Discard | Recall | Archive) && dice.below(3) > 0;
        if legal && !ends {
            break;
        }
        chosen = any_move(model, dice);
    }
    chosen
}

fn any_move(model: &Model, dice: &mut Dice) -> (usize, Act, usize) {
    const ACTS: [Act; 15] = [
        Edit,
        Discard,
        Submit,
        Withdraw,
        Approve,
        SendBack,
        Consent,
        Refuse,
        Issue,
        Send,
        Amend,
        Recall,
        Archive,
        Sign(0),
        Sign(1),
    ];
    let act = ACTS[dice.below(ACTS.len())];
    let usual = match act {
        Approve | SendBack | Issue => SIGNER,
        Consent | Refuse => JOINT,
        Sign(place) => TO[place],
        _ => CLERK,
    };
    let person = if dice.below(10) < 8 {
        usual
    } else {
        dice.below(PEOPLE.len())
    };
    let at = if dice.below(3) > 0 {
        model.0.len() - 1
    } else {
        dice.below(model.0.len())
    };
    (person, act, at)
}
