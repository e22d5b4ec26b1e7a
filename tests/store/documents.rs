use jiff::{Timestamp, civil::date};
use serde_json::json;
use wenshu::{
    domain::{
        AddressedGroup, Attached, Consent, Document, DocumentFilter, DocumentId, DocumentState,
        FileRole, GroupId, JointIssuer, Noted, Openness, Recipient, RecipientRole, Review,
        TextState, UnitId, Urgency,
    },
    store::{Basis, StoreError, Tx},
};

use crate::world::{World, a_document, at, digest_of, parsed};

#[tokio::test]
async fn a_document_is_found_as_it_was_written_with_its_parts_in_order() {
    let world = World::new().await;
    let mut tx = world.write().await;
    let mut document = world.draft(&mut tx).await;
    let id = document.id;
    let files = [
        (world.upload(&mut tx, "甲").await, FileRole::Main),
        (world.upload(&mut tx, "乙").await, FileRole::Attachment),
    ];
    let by_id: Vec<_> = files.iter().map(|(file, role)| (file.id, *role)).collect();
    document.recipients = vec![
        Recipient {
            unit: world.procuratorate,
            role: RecipientRole::Copy,
        },
        Recipient {
            unit: world.court,
            role: RecipientRole::Main,
        },
    ];
    tx.documents().set_files(id, &by_id).await.unwrap();
    tx.documents()
        .set_recipients(id, &document.recipients)
        .await
        .unwrap();
    let joint = [world.procuratorate, world.court];
    tx.documents().set_joint_issuers(id, &joint).await.unwrap();
    let refusal = said(&world, false);
    tx.documents()
        .answer_consent(id, world.court, &refusal)
        .await
        .unwrap();
    document.groups = vec![AddressedGroup {
        group: GroupId::fresh(),
        name: "市政府各部门".to_owned(),
        role: RecipientRole::Copy,
    }];
    tx.documents()
        .set_groups(id, &document.groups)
        .await
        .unwrap();
    tx.commit().await.unwrap();

    document.joint_issuers = vec![
        JointIssuer {
            unit: world.procuratorate,
            consent: None,
        },
        JointIssuer {
            unit: world.court,
            consent: Some(refusal),
        },
    ];
    document.files = files
        .map(|(file, role)| Attached {
            file,
            role,
            text: TextState::Pending,
            text_reason: None,
        })
        .to_vec();
    let mut tx = world.read().await;
    assert_eq!(
        tx.documents().find_for(world.government, id).await.unwrap(),
        Some(document)
    );
    assert_eq!(
        tx.documents().find_for(world.court, id).await.unwrap(),
        None
    );
    assert_eq!(
        tx.documents().find_sent(id).await.unwrap(),
        None,
        "it is a draft"
    );
}

#[tokio::test]
async fn what_was_sent_is_walked_over_by_id_and_counted() {
    let world = World::new().await;
    let mut tx = world.write().await;
    let mut sent = Vec::new();
    for _ in 0..4 {
        sent.push(world.sent(&mut tx).await);
        world.draft(&mut tx).await;
    }
    sent[3].state = DocumentState::Recalled;
    sent[3].revision += 1;
    assert!(tx.documents().update(&sent[3]).await.unwrap());
    let mut ids: Vec<_> = sent.iter().map(|document| document.id).collect();
    ids.sort();
    assert_eq!(tx.documents().count_sent().await.unwrap(), 4);
    let first = DocumentId(uuid::Uuid::nil());
    assert_eq!(tx.documents().sent_after(first, 3).await.unwrap(), ids[..3]);
    let rest = tx.documents().sent_after(ids[1], 3).await.unwrap();
    assert_eq!(rest, ids[2..]);
    assert!(
        tx.documents()
            .sent_after(ids[3], 3)
            .await
            .unwrap()
            .is_empty()
    );
}

#[tokio::test]
async fn a_document_is_written_over_the_revision_before_and_no_other() {
    let world = World::new().await;
    let mut tx = world.write().await;
    let earlier = world.sent(&mut tx).await;
    let before = world.draft(&mut tx).await;
    let changed = Document {
        kind: "FY-SFJY".to_owned(),
        kind_version: 7,
        title: "司法建议".to_owned(),
        state: DocumentState::Sent,
        urgency: Urgency::ExtraUrgent,
        openness: Openness::NotPublic,
        dated_on: Some(date(2026, 10, 1)),
        number: Some(parsed("沙法建〔2026〕12号")),
        case_number: None,
        reply_due_on: None,
        fields: serde_json::from_value(json!({"份数": 3, "嵌": {"套": [null, "\"'"]}})).unwrap(),
        in_reply_to: Some(earlier.id),
        updated_at: at(7_000),
        submitted: Some((world.clerk, at(7_500))),
        review: Some(Review {
            approved: true,
            act: (world.clerk, at(7_700)),
            note: Some("可以".to_owned()),
        }),
        issued: Some((world.clerk, at(8_000))),
        superseded_at: Some(at(9_100)),
        recalled: Some(Noted {
            act: (world.clerk, at(9_200)),
            reason: "附件有误".to_owned(),
        }),
        archived: Some((world.clerk, at(9_300))),
        sent: Some((world.clerk, at(9_000))),
        manifest: Some(digest_of("manifest")),
        revision: before.revision + 1,
        ..before
    };
    assert!(tx.documents().update(&changed).await.unwrap());
    assert!(
        !tx.documents().update(&changed).await.unwrap(),
        "a second time"
    );
    let found = tx
        .documents()
        .find_for(world.government, changed.id)
        .await
        .unwrap();
    assert_eq!(found.as_ref(), Some(&changed));
    assert_eq!(
        tx.documents().find_sent(changed.id).await.unwrap(),
        Some(changed)
    );
}

#[tokio::test]
async fn parts_that_are_set_anew_replace_the_old_ones() {
    let world = World::new().await;
    let mut tx = world.write().await;
    let draft = world.draft(&mut tx).await;
    let file = world.upload(&mut tx, "甲").await;
    let other = world.upload(&mut tx, "乙").await;
    let court = Recipient {
        unit: world.court,
        role: RecipientRole::Main,
    };
    for round in 0..2 {
        let file = if round == 0 { &file } else { &other };
        tx.documents()
            .set_files(draft.id, &[(file.id, FileRole::Main)])
            .await
            .unwrap();
        tx.documents()
            .set_recipients(draft.id, &[court])
            .await
            .unwrap();
        tx.documents()
            .set_joint_issuers(draft.id, &[world.procuratorate])
            .await
            .unwrap();
        let unasked = world.found(&mut tx, draft.id).await;
        assert_eq!(unasked.joint_issuers[0].consent, None, "named anew");
        for unit in [world.procuratorate, world.court] {
            tx.documents()
                .answer_consent(draft.id, unit, &said(&world, true))
                .await
                .unwrap();
        }
    }
    let found = tx
        .documents()
        .find_for(world.government, draft.id)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        found.files.iter().map(|it| it.file.id).collect::<Vec<_>>(),
        [other.id]
    );
    assert_eq!(found.recipients, [court]);
    assert_eq!(found.joint_issuers.len(), 1, "only whom the draft names");
    assert_eq!(found.joint_issuers[0].consent, Some(said(&world, true)));
    tx.documents().ask_consent_again(draft.id).await.unwrap();
    let again = world.found(&mut tx, draft.id).await;
    assert_eq!(again.joint_issuers[0].consent, None);
}

/// What a joint issuer says.
fn said(world: &World, granted: bool) -> Consent {
    Consent {
        granted,
        act: (world.clerk, at(4_000)),
        note: (!granted).then(|| "第三条与职责不符".to_owned()),
    }
}

#[tokio::test]
async fn a_draft_is_removed_with_everything_that_belongs_to_it() {
    let world = World::new().await;
    let mut tx = world.write().await;
    let draft = world.draft(&mut tx).await;
    let file = world.upload(&mut tx, "甲").await;
    let court = Recipient {
        unit: world.court,
        role: RecipientRole::Main,
    };
    tx.documents()
        .set_files(draft.id, &[(file.id, FileRole::Main)])
        .await
        .unwrap();
    tx.documents()
        .set_recipients(draft.id, &[court])
        .await
        .unwrap();
    tx.documents()
        .set_joint_issuers(draft.id, &[world.procuratorate])
        .await
        .unwrap();
    let group = AddressedGroup {
        group: GroupId::fresh(),
        name: "各部门".to_owned(),
        role: RecipientRole::Main,
    };
    tx.documents().set_groups(draft.id, &[group]).await.unwrap();
    tx.documents().delete_draft(draft.id).await.unwrap();
    tx.commit().await.unwrap();
    for table in [
        "documents",
        "document_files",
        "document_recipients",
        "joint_issuers",
        "document_groups",
        "access",
    ] {
        let sql = format!("SELECT COUNT(*) FROM {table}");
        assert_eq!(world.home.rows::<(i64,)>(&sql).await, [(0,)], "{table}");
    }
    let found = world
        .read()
        .await
        .files()
        .find_of(world.government, file.id)
        .await
        .unwrap();
    assert_eq!(
        found,
        Some(file),
        "the upload is the unit's, not the draft's"
    );
}

#[tokio::test]
async fn a_sent_document_is_not_removed_as_a_draft() {
    let world = World::new().await;
    let mut tx = world.write().await;
    let (document, _) = world.delivered(&mut tx, world.court).await;
    let file = world.upload(&mut tx, "甲").await;
    tx.documents()
        .set_files(document.id, &[(file.id, FileRole::Main)])
        .await
        .unwrap();
    tx.documents().delete_draft(document.id).await.unwrap();
    for viewer in [world.government, world.court] {
        let found = tx.documents().find_for(viewer, document.id).await.unwrap();
        assert_eq!(found.unwrap().files.len(), 1);
    }
}

async fn listed(tx: &mut Tx, viewer: UnitId, filter: &DocumentFilter) -> Vec<DocumentId> {
    let mut ids = Vec::new();
    let mut filter = filter.clone();
    loop {
        let page = tx.documents().list_for(viewer, &filter, 2).await.unwrap();
        let Some(last) = page.last() else { return ids };
        filter.after = Some((last.since, last.document.id));
        ids.extend(page.iter().map(|listed| listed.document.id));
    }
}

#[tokio::test]
async fn pages_of_documents_follow_each_other_newest_first_without_loss() {
    let world = World::new().await;
    let mut tx = world.write().await;
    let mut expected: Vec<(Timestamp, DocumentId)> = Vec::new();
    // Several at the same instant: then the identifier decides.
    for moment in [5, 5, 5, 1, 9, 9, 3] {
        let document = a_document(world.government, world.clerk);
        tx.documents().insert(&document).await.unwrap();
        let (court, basis) = (world.court, Basis::Main);
        tx.access()
            .grant(court, document.id, basis, at(moment))
            .await
            .unwrap();
        expected.push((at(moment), document.id));
    }
    expected.sort_by(|a, b| b.cmp(a));
    let expected: Vec<_> = expected.into_iter().map(|(_, id)| id).collect();
    let all = DocumentFilter::default();
    assert_eq!(listed(&mut tx, world.court, &all).await, expected);
    assert!(listed(&mut tx, world.government, &all).await.is_empty());
}

#[tokio::test]
async fn a_list_holds_what_its_filters_ask_for() {
    let world = World::new().await;
    let mut tx = world.write().await;
    let draft = world.draft(&mut tx).await.id;
    let (sent, _) = world.delivered(&mut tx, world.court).await;
    let mut other = a_document(world.court, world.clerk);
    other.kind = "HAN".to_owned();
    tx.documents().insert(&other).await.unwrap();
    for (unit, basis) in [
        (world.court, Basis::Issuer),
        (world.government, Basis::Joint),
    ] {
        tx.access()
            .grant(unit, other.id, basis, at(9_000))
            .await
            .unwrap();
    }
    let filter = DocumentFilter::default;
    let own = DocumentFilter {
        own: true,
        ..filter()
    };
    let drafts = DocumentFilter {
        state: Some(DocumentState::Draft),
        ..filter()
    };
    let sents = DocumentFilter {
        state: Some(DocumentState::Sent),
        ..filter()
    };
    let han = DocumentFilter {
        kind: Some("HAN".to_owned()),
        ..filter()
    };
    let own_han = DocumentFilter {
        own: true,
        ..han.clone()
    };
    for (viewer, filter, expected) in [
        (world.government, &own, vec![draft, sent.id]),
        (world.government, &drafts, vec![draft, other.id]),
        (world.government, &sents, vec![sent.id]),
        (world.government, &han, vec![other.id]),
        (world.government, &own_han, vec![]),
        (world.court, &own, vec![other.id]),
        (world.court, &sents, vec![sent.id]),
    ] {
        let mut found = listed(&mut tx, viewer, filter).await;
        found.sort();
        let mut expected = expected;
        expected.sort();
        assert_eq!(found, expected, "{filter:?}");
    }
    // Until it is issued a draft may become another kind.
    other.kind = "TONGZHI".to_owned();
    other.revision += 1;
    assert!(tx.documents().update(&other).await.unwrap());
    let tongzhi = DocumentFilter {
        kind: Some("TONGZHI".to_owned()),
        ..filter()
    };
    for viewer in [world.court, world.government] {
        assert_eq!(listed(&mut tx, viewer, &tongzhi).await, [other.id]);
        assert!(listed(&mut tx, viewer, &han).await.is_empty());
    }
    let page = tx
        .documents()
        .list_for(world.court, &sents, 9)
        .await
        .unwrap();
    assert_eq!((page[0].since, &page[0].document), (at(5_000), &sent));
}

#[tokio::test]
async fn of_many_documents_those_come_that_may_be_seen() {
    let world = World::new().await;
    let mut tx = world.write().await;
    let (seen, _) = world.delivered(&mut tx, world.court).await;
    let unseen = world.draft(&mut tx).await;
    let (not_asked, _) = world.delivered(&mut tx, world.court).await;
    let ids = [unseen.id, seen.id, DocumentId::fresh(), seen.id];
    assert_eq!(
        tx.documents().among_for(world.court, &ids).await.unwrap(),
        [seen]
    );
    assert!(
        tx.documents()
            .among_for(world.court, &[])
            .await
            .unwrap()
            .is_empty()
    );
    let own = tx
        .documents()
        .among_for(world.government, &[not_asked.id, unseen.id])
        .await;
    assert_eq!(own.unwrap().len(), 2);
}

#[tokio::test]
async fn replies_are_the_sent_ones_oldest_first() {
    let world = World::new().await;
    let mut tx = world.write().await;
    let asked = world.sent(&mut tx).await;
    let mut replies = Vec::new();
    for moment in [30, 10, 20] {
        let mut reply = world.sent(&mut tx).await;
        reply.in_reply_to = Some(asked.id);
        reply.sent = Some((world.clerk, at(moment)));
        reply.revision += 1;
        assert!(tx.documents().update(&reply).await.unwrap());
        replies.push(reply);
    }
    let unsent = Document {
        in_reply_to: Some(asked.id),
        ..a_document(world.government, world.clerk)
    };
    tx.documents().insert(&unsent).await.unwrap();
    let (unit, basis) = (world.government, Basis::Issuer);
    tx.access()
        .grant(unit, unsent.id, basis, at(1))
        .await
        .unwrap();
    let found = tx.documents().replies_for(unit, asked.id, 2).await.unwrap();
    assert_eq!(found, [replies[1].clone(), replies[2].clone()]);
    assert!(
        tx.documents()
            .replies_for(world.court, asked.id, 9)
            .await
            .unwrap()
            .is_empty()
    );
    assert!(
        tx.documents()
            .replies_for(unit, replies[0].id, 9)
            .await
            .unwrap()
            .is_empty()
    );
}

#[tokio::test]
async fn what_no_version_of_the_hub_writes_is_reported_and_not_guessed() {
    let world = World::new().await;
    let mut tx = world.write().await;
    let draft = world.draft(&mut tx).await;
    tx.commit().await.unwrap();
    world.home.run("UPDATE documents SET state = 'lost'").await;
    let found = world
        .read()
        .await
        .documents()
        .find_for(world.government, draft.id)
        .await;
    assert!(matches!(found, Err(StoreError::Unreadable(_))), "{found:?}");
}
