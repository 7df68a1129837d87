//! The tables as diesel sees them; both databases have the same columns in the same order.
//!
//! Kept by hand beside `migrations/`: the migration tests compare it with what the databases really hold.

#![expect(missing_docs, reason = "diesel writes these items; the columns are told in the row types")]

diesel::table! {
    schema_floor (only_row) {
        only_row -> Integer,
        oldest_binary -> Text,
    }
}

diesel::table! {
    regions (code) {
        code -> Text,
        parent -> Nullable<Text>,
        name -> Text,
        name_en -> Text,
        lat -> Double,
        lon -> Double,
        industries -> Text,
    }
}

diesel::table! {
    stations (id) {
        id -> Text,
        name -> Text,
        region -> Text,
        address -> Text,
        phone -> Text,
        supervision_phone -> Text,
        lat -> Nullable<Double>,
        lon -> Nullable<Double>,
        automatic -> Bool,
        created_at -> Timestamp,
    }
}

diesel::table! {
    accounts (id) {
        id -> Text,
        role -> Text,
        name -> Text,
        email -> Text,
        phone -> Nullable<Text>,
        password_hash -> Nullable<Text>,
        station -> Nullable<Text>,
        region -> Nullable<Text>,
        head -> Bool,
        on_leave_until -> Nullable<Date>,
        language -> Text,
        totp_secret -> Nullable<Binary>,
        totp_last_step -> Nullable<BigInt>,
        disabled_at -> Nullable<Timestamp>,
        created_at -> Timestamp,
    }
}

diesel::table! {
    account_links (hash) {
        hash -> Text,
        purpose -> Text,
        account -> Nullable<Text>,
        expires_at -> Timestamp,
        used_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    sessions (hash) {
        hash -> Text,
        account -> Nullable<Text>,
        csrf -> Text,
        awaiting_totp -> Bool,
        created_at -> Timestamp,
        seen_at -> Timestamp,
        expires_at -> Timestamp,
        expert -> Nullable<Text>,
    }
}

diesel::table! {
    api_tokens (id) {
        id -> Text,
        account -> Text,
        hash -> Text,
        label -> Text,
        scopes -> Text,
        created_at -> Timestamp,
        revoked_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    experts (id) {
        id -> Text,
        name -> Text,
        firm -> Text,
        firm_key -> Text,
        firm_type -> Text,
        email_mark -> Text,
        phone_mark -> Nullable<Text>,
        region -> Text,
        lat -> Nullable<Double>,
        lon -> Nullable<Double>,
        years -> Integer,
        bio -> Text,
        services -> Text,
        industries -> Text,
        languages -> Text,
        modes -> Text,
        max_distance_km -> Nullable<Integer>,
        monthly_cap -> Integer,
        open_cap -> Integer,
        standing -> Text,
        standing_why -> Nullable<Text>,
        filed_number -> Nullable<Text>,
        language -> Text,
        created_at -> Timestamp,
        updated_at -> Timestamp,
        version -> Integer,
    }
}

diesel::table! {
    qualifications (id) {
        id -> Text,
        expert -> Text,
        kind -> Text,
        number -> Nullable<Text>,
        valid_until -> Nullable<Date>,
        level -> Nullable<Text>,
        issued_on -> Nullable<Date>,
        notice_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    documents (id) {
        id -> Text,
        expert -> Text,
        kind -> Text,
        name -> Text,
        number -> Nullable<Text>,
        level -> Nullable<Text>,
        issued_on -> Nullable<Date>,
        valid_until -> Nullable<Date>,
        supports -> Bool,
        state -> Text,
        note -> Nullable<Text>,
        file_name -> Nullable<Text>,
        media_type -> Nullable<Text>,
        size -> Nullable<BigInt>,
        sha256 -> Nullable<Text>,
        sealed -> Nullable<Binary>,
        added_by -> Nullable<Text>,
        added_at -> Timestamp,
        decided_by -> Nullable<Text>,
        decided_at -> Nullable<Timestamp>,
        notice_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    applications (id) {
        id -> Text,
        expert -> Text,
        channel -> Text,
        consent -> Nullable<Text>,
        made_at -> Timestamp,
    }
}

diesel::table! {
    reviews (id) {
        id -> Text,
        expert -> Text,
        decision -> Text,
        reason -> Text,
        findings -> Text,
        decided_by -> Nullable<Text>,
        decided_at -> Timestamp,
    }
}

diesel::table! {
    email_changes (id) {
        id -> Text,
        expert -> Text,
        sealed -> Binary,
        asked_at -> Timestamp,
        confirmed_at -> Nullable<Timestamp>,
        due_at -> Nullable<Timestamp>,
        ended_at -> Nullable<Timestamp>,
        outcome -> Nullable<Text>,
    }
}

diesel::table! {
    expert_links (hash) {
        hash -> Text,
        purpose -> Text,
        expert -> Text,
        email_change -> Nullable<Text>,
        expires_at -> Timestamp,
        used_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    expert_terms (expert) {
        expert -> Text,
        weekly_hours -> Nullable<Integer>,
        regions -> Text,
        updated_at -> Timestamp,
    }
}

diesel::table! {
    leaves (id) {
        id -> Text,
        expert -> Text,
        from_on -> Date,
        to_on -> Date,
        reason -> Nullable<Text>,
    }
}

diesel::table! {
    enterprises (id) {
        id -> Text,
        name -> Text,
        name_key -> Text,
        uscc -> Nullable<Text>,
        region -> Text,
        created_at -> Timestamp,
    }
}

diesel::table! {
    needs (id) {
        id -> Text,
        number -> Text,
        state -> Text,
        title -> Text,
        description -> Text,
        enterprise -> Text,
        contact_name -> Text,
        contact_phone -> Nullable<Text>,
        contact_email -> Nullable<Text>,
        consent -> Nullable<Text>,
        station -> Text,
        owner -> Text,
        services -> Text,
        industries -> Text,
        region -> Text,
        lat -> Nullable<Double>,
        lon -> Nullable<Double>,
        mode -> Text,
        form -> Text,
        language -> Text,
        urgency -> Text,
        wanted_by -> Nullable<Date>,
        expected_hours -> Nullable<Integer>,
        confidential -> Bool,
        opposing_party -> Nullable<Text>,
        opposing_agent -> Nullable<Text>,
        automatic -> Bool,
        created_by -> Text,
        created_at -> Timestamp,
        updated_at -> Timestamp,
    }
}

diesel::table! {
    seats (id) {
        id -> Text,
        need -> Text,
        position -> Integer,
        specialty -> Nullable<Text>,
        state -> Text,
    }
}

diesel::table! {
    reserves (id) {
        id -> Text,
        seat -> Text,
        expert -> Text,
        position -> Integer,
        state -> Text,
        why -> Nullable<Text>,
    }
}

diesel::table! {
    assignments (id) {
        id -> Text,
        number -> Text,
        need -> Text,
        seat -> Text,
        expert -> Text,
        round -> Integer,
        state -> Text,
        rule -> Text,
        offered_by -> Nullable<Text>,
        notified_at -> Nullable<Timestamp>,
        notified_by -> Nullable<Text>,
        answer_due_at -> Nullable<Timestamp>,
        provisional -> Bool,
        day_count -> Text,
        late -> Bool,
        first_answer -> Nullable<Text>,
        answered_at -> Nullable<Timestamp>,
        answered_by -> Nullable<Text>,
        decline_reason -> Nullable<Text>,
        note -> Nullable<Text>,
        question -> Nullable<Text>,
        asked_at -> Nullable<Timestamp>,
        clock_restarts_at -> Nullable<Timestamp>,
        reply -> Nullable<Text>,
        replied_at -> Nullable<Timestamp>,
        feedback_due_at -> Nullable<Timestamp>,
        next_due_at -> Nullable<Timestamp>,
        ended_at -> Nullable<Timestamp>,
        end_reason -> Nullable<Text>,
        ranking -> Text,
        created_at -> Timestamp,
        updated_at -> Timestamp,
    }
}

diesel::table! {
    reminders (id) {
        id -> Text,
        assignment -> Text,
        ordinal -> Integer,
        due_at -> Timestamp,
        sent_at -> Nullable<Timestamp>,
        cancelled_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    feedback (id) {
        id -> Text,
        need -> Text,
        assignment -> Text,
        done -> Text,
        hours -> Double,
        served_on -> Date,
        outcome -> Text,
        follow_up -> Nullable<Text>,
        no_gift -> Bool,
        no_promotion -> Bool,
        no_touting -> Bool,
        filed_by -> Text,
        entered_by -> Nullable<Text>,
        filed_at -> Timestamp,
    }
}

diesel::table! {
    ratings (id) {
        id -> Text,
        need -> Text,
        assignment -> Text,
        score -> Integer,
        remark -> Nullable<Text>,
        conduct -> Text,
        channel -> Text,
        entered_by -> Nullable<Text>,
        created_at -> Timestamp,
    }
}

diesel::table! {
    closures (need) {
        need -> Text,
        reason -> Text,
        note -> Nullable<Text>,
        evaluation -> Nullable<Text>,
        closed_by -> Nullable<Text>,
        closed_at -> Timestamp,
    }
}

diesel::table! {
    incidents (id) {
        id -> Text,
        expert -> Text,
        kind -> Text,
        need -> Nullable<Text>,
        assignment -> Nullable<Text>,
        happened_at -> Timestamp,
        withdrawn_at -> Nullable<Timestamp>,
        withdrawn_why -> Nullable<Text>,
        dedup_key -> Text,
        note -> Nullable<Text>,
        entered_by -> Nullable<Text>,
        finding -> Nullable<Text>,
        finding_note -> Nullable<Text>,
        found_by -> Nullable<Text>,
        found_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    conduct_cases (id) {
        id -> Text,
        number -> Text,
        kind -> Text,
        expert -> Text,
        state -> Text,
        grounds -> Text,
        assignments -> Text,
        evidence -> Text,
        standing_before -> Text,
        opened_by -> Text,
        opened_at -> Timestamp,
        decision -> Nullable<Text>,
        decision_reason -> Nullable<Text>,
        decided_by -> Nullable<Text>,
        decided_at -> Nullable<Timestamp>,
        stage -> Text,
        next_due_at -> Nullable<Timestamp>,
        statement_days -> Integer,
        appeal_days -> Integer,
        told_at -> Nullable<Timestamp>,
        statement_due_at -> Nullable<Timestamp>,
        evidence_sha256 -> Text,
        early -> Bool,
        decision_told_at -> Nullable<Timestamp>,
        appeal_due_at -> Nullable<Timestamp>,
        appeal_outcome -> Nullable<Text>,
        appeal_reason -> Nullable<Text>,
        appeal_decided_by -> Nullable<Text>,
        appeal_decided_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    case_statements (id) {
        id -> Text,
        conduct_case -> Text,
        kind -> Text,
        words -> Text,
        channel -> Text,
        entered_by -> Nullable<Text>,
        at -> Timestamp,
    }
}

diesel::table! {
    case_papers (id) {
        id -> Text,
        conduct_case -> Text,
        kind -> Text,
        name -> Text,
        media_type -> Text,
        size -> BigInt,
        sha256 -> Text,
        content -> Binary,
        added_by -> Nullable<Text>,
        added_at -> Timestamp,
    }
}

diesel::table! {
    case_transfers (id) {
        id -> Text,
        conduct_case -> Text,
        authority -> Text,
        on_day -> Date,
        reference -> Nullable<Text>,
        entered_by -> Nullable<Text>,
        entered_at -> Timestamp,
    }
}

diesel::table! {
    standing_history (expert, nth) {
        expert -> Text,
        nth -> Integer,
        from_standing -> Text,
        to_standing -> Text,
        deed -> Text,
        at -> Timestamp,
        actor -> Text,
        conduct_case -> Nullable<Text>,
        why -> Nullable<Text>,
    }
}

diesel::table! {
    tasks (id) {
        id -> Text,
        kind -> Text,
        need -> Nullable<Text>,
        assignment -> Nullable<Text>,
        expert -> Nullable<Text>,
        conduct_case -> Nullable<Text>,
        station -> Nullable<Text>,
        region -> Nullable<Text>,
        account -> Nullable<Text>,
        for_manager -> Bool,
        detail -> Nullable<Text>,
        due_at -> Nullable<Timestamp>,
        created_at -> Timestamp,
        done_at -> Nullable<Timestamp>,
        done_by -> Nullable<Text>,
        dedup_key -> Text,
    }
}

diesel::table! {
    outbox (id) {
        id -> Text,
        dedup_key -> Text,
        notice -> Text,
        need -> Nullable<Text>,
        assignment -> Nullable<Text>,
        expert -> Nullable<Text>,
        account -> Nullable<Text>,
        state -> Text,
        not_before -> Timestamp,
        attempts -> Integer,
        fence -> BigInt,
        leased_until -> Nullable<Timestamp>,
        accepted_at -> Nullable<Timestamp>,
        last_error -> Nullable<Text>,
        created_at -> Timestamp,
        reader -> Text,
        by_desk -> Bool,
        digest -> Nullable<Text>,
        domain -> Nullable<Text>,
        receipt -> Nullable<Text>,
        receipt_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    escalations (task) {
        task -> Text,
        step -> Integer,
        next_at -> Timestamp,
    }
}

diesel::table! {
    mail_state (key) {
        key -> Text,
        value -> Text,
        at -> Timestamp,
    }
}

diesel::table! {
    received_mail (key) {
        key -> Text,
        kind -> Text,
        outbox -> Nullable<Text>,
        received_at -> Timestamp,
    }
}

diesel::table! {
    letters (id) {
        id -> Text,
        outbox -> Text,
        template_version -> Text,
        sha256 -> Text,
        sealed -> Binary,
        sent_at -> Timestamp,
    }
}

diesel::table! {
    offer_facts (assignment) {
        assignment -> Text,
        need -> Text,
        expert -> Text,
        firm -> Text,
        region -> Text,
        station -> Text,
        notified_on -> Date,
        outcome -> Text,
        answer -> Nullable<Text>,
        decline_reason -> Nullable<Text>,
        by_staff -> Bool,
        minutes -> Nullable<BigInt>,
        enterprise -> Text,
    }
}

diesel::table! {
    offer_fact_services (assignment, service) {
        assignment -> Text,
        service -> Text,
    }
}

diesel::table! {
    attachments (id) {
        id -> Text,
        need -> Text,
        name -> Text,
        media_type -> Text,
        size -> BigInt,
        sha256 -> Text,
        content -> Binary,
        added_by -> Text,
        added_at -> Timestamp,
    }
}

diesel::table! {
    drafts (id) {
        id -> Text,
        owner -> Text,
        form -> Text,
        fields -> Text,
        updated_at -> Timestamp,
    }
}

diesel::table! {
    sheet_imports (id) {
        id -> Text,
        account -> Text,
        kind -> Text,
        name -> Text,
        choice -> Text,
        stage -> Text,
        content -> Nullable<Binary>,
        total -> Nullable<Integer>,
        looked_at -> Integer,
        progress -> Nullable<Binary>,
        fence -> Integer,
        tries -> Integer,
        leased_until -> Nullable<Timestamp>,
        created_at -> Timestamp,
        updated_at -> Timestamp,
    }
}

diesel::table! {
    policies (key, version) {
        key -> Text,
        version -> Integer,
        value -> Text,
        set_by -> Nullable<Text>,
        set_at -> Timestamp,
    }
}

diesel::table! {
    calendar_days (day) {
        day -> Date,
        kind -> Text,
        occasion -> Text,
        source -> Text,
    }
}

diesel::table! {
    idempotency (key) {
        key -> Text,
        request_hash -> Text,
        status -> Integer,
        body -> Text,
        created_at -> Timestamp,
    }
}

diesel::table! {
    audit (id) {
        id -> Text,
        subject -> Text,
        step -> Integer,
        at -> Timestamp,
        actor -> Text,
        event -> Text,
        detail -> Text,
        previous -> Text,
        hash -> Text,
    }
}

diesel::table! {
    audit_heads (subject) {
        subject -> Text,
        step -> Integer,
        at -> Timestamp,
        hash -> Text,
    }
}

diesel::table! {
    audit_roots (day) {
        day -> Date,
        cut_at -> Timestamp,
        chains -> BigInt,
        root -> Text,
        previous -> Text,
        seal -> Text,
        made_at -> Timestamp,
        mailed_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    verifications (invariant) {
        invariant -> Text,
        at -> Timestamp,
        offenders -> BigInt,
        sample -> Text,
    }
}

diesel::table! {
    changes (seq) {
        seq -> BigInt,
        entity -> Text,
        entity_id -> Text,
    }
}

diesel::table! {
    change_log (only_row) {
        only_row -> Integer,
        identity -> Text,
        floor -> BigInt,
    }
}

diesel::table! {
    followers (node) {
        node -> Text,
        watermark -> BigInt,
        seen_at -> Timestamp,
    }
}

diesel::table! {
    key_ids (id) {
        id -> Integer,
        check_value -> Text,
        created_at -> Timestamp,
    }
}

diesel::table! {
    pulse (only_row) {
        only_row -> Integer,
        beat_at -> Timestamp,
    }
}

diesel::table! {
    outages (id) {
        id -> Text,
        from_at -> Timestamp,
        until_at -> Timestamp,
        source -> Text,
        note -> Nullable<Text>,
        entered_by -> Nullable<Text>,
        moved -> Integer,
        created_at -> Timestamp,
        dedup_key -> Text,
    }
}

diesel::table! {
    relations (id) {
        id -> Text,
        expert -> Text,
        name -> Text,
        kind -> Text,
        declared_by -> Text,
        entered_by -> Text,
        note -> Nullable<Text>,
        declared_at -> Timestamp,
        ended_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    calendar_imports (id) {
        id -> Text,
        state -> Text,
        source -> Text,
        days -> Text,
        sha256 -> Text,
        imported_by -> Nullable<Text>,
        imported_at -> Timestamp,
        decided_by -> Nullable<Text>,
        decided_at -> Nullable<Timestamp>,
        reason -> Nullable<Text>,
    }
}

diesel::table! {
    waivers (id) {
        id -> Text,
        need -> Text,
        expert -> Text,
        rule -> Text,
        reason -> Text,
        granted_by -> Text,
        granted_at -> Timestamp,
    }
}

diesel::table! {
    conflict_checks (id) {
        id -> Text,
        account -> Text,
        expert -> Text,
        verdict -> Text,
        asked_at -> Timestamp,
    }
}

diesel::table! {
    expert_contacts (expert) {
        expert -> Text,
        data_key -> Nullable<Binary>,
        email -> Nullable<Binary>,
        phone -> Nullable<Binary>,
        tail_mark -> Nullable<Text>,
        erased_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    sealings (what) {
        what -> Text,
        done_at -> Timestamp,
    }
}

diesel::table! {
    duty_plans (id) {
        id -> Text,
        title -> Text,
        state -> Text,
        from_on -> Date,
        to_on -> Date,
        rules -> Text,
        outcome -> Text,
        created_by -> Nullable<Text>,
        created_at -> Timestamp,
        asked_at -> Nullable<Timestamp>,
        published_by -> Nullable<Text>,
        published_at -> Nullable<Timestamp>,
        updated_at -> Timestamp,
        version -> Integer,
    }
}

diesel::table! {
    duty_turns (id) {
        id -> Text,
        plan -> Text,
        station -> Text,
        region -> Text,
        day -> Date,
        part -> Text,
        from_minute -> Integer,
        to_minute -> Integer,
        seat -> Integer,
        event -> Nullable<Text>,
        wanted -> Text,
        state -> Text,
        expert -> Nullable<Text>,
        published -> Bool,
        why -> Nullable<Text>,
        alternates -> Text,
        sequence -> Integer,
        reconfirmed_at -> Nullable<Timestamp>,
        signed_in_at -> Nullable<Timestamp>,
        signed_in_by -> Nullable<Text>,
        missed_at -> Nullable<Timestamp>,
        updated_at -> Timestamp,
    }
}

diesel::table! {
    duty_consents (id) {
        id -> Text,
        turn -> Text,
        expert -> Text,
        answer -> Text,
        channel -> Nullable<Text>,
        entered_by -> Nullable<Text>,
        asked_at -> Timestamp,
        answered_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    duty_asks (id) {
        id -> Text,
        plan -> Text,
        expert -> Text,
        round -> Integer,
        asked_at -> Timestamp,
        notified_at -> Nullable<Timestamp>,
        answer_due_at -> Nullable<Timestamp>,
        answered_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    duty_swaps (id) {
        id -> Text,
        kind -> Text,
        state -> Text,
        turn -> Text,
        other_turn -> Nullable<Text>,
        from_expert -> Nullable<Text>,
        to_expert -> Nullable<Text>,
        from_minute -> Nullable<Integer>,
        to_minute -> Nullable<Integer>,
        created_at -> Timestamp,
        answered_at -> Nullable<Timestamp>,
        decided_by -> Nullable<Text>,
        decided_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    duty_feeds (id) {
        id -> Text,
        expert -> Nullable<Text>,
        station -> Nullable<Text>,
        round -> Integer,
        created_at -> Timestamp,
    }
}

diesel::allow_tables_to_appear_in_same_query!(duty_plans, duty_turns, duty_consents, duty_asks, duty_swaps, duty_feeds,);

diesel::allow_tables_to_appear_in_same_query!(
    expert_contacts,
    sealings,
    escalations,
    mail_state,
    received_mail,
    schema_floor,
    regions,
    stations,
    accounts,
    account_links,
    sessions,
    api_tokens,
    experts,
    qualifications,
    documents,
    applications,
    reviews,
    email_changes,
    expert_links,
    expert_terms,
    leaves,
    enterprises,
    needs,
    seats,
    reserves,
    assignments,
    reminders,
    feedback,
    ratings,
    closures,
    incidents,
    conduct_cases,
    case_statements,
    case_papers,
    case_transfers,
    standing_history,
    tasks,
    outbox,
    letters,
    offer_facts,
    offer_fact_services,
    attachments,
    drafts,
    sheet_imports,
    policies,
    calendar_days,
    idempotency,
    audit,
    audit_heads,
    audit_roots,
    verifications,
    changes,
    change_log,
    followers,
    key_ids,
    relations,
    waivers,
    conflict_checks,
);

diesel::allow_columns_to_appear_in_same_group_by_clause!(assignments::expert, offer_fact_services::service,);
diesel::allow_columns_to_appear_in_same_group_by_clause!(ratings::score, ratings::channel,);
