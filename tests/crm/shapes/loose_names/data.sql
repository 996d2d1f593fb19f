CREATE TABLE "Raw_Contact_2026-10" ("Id" TEXT, "Account ID" TEXT, "LASTNAME" TEXT, npe_01_home_email_c TEXT, "OptedOutOf_Email" TEXT, "Do Not Call" TEXT);
INSERT INTO "Raw_Contact_2026-10" VALUES ('1', '9', 'Ada', 'ada@example.org', 'true', 'false'), ('2', '9', 'Ben', NULL, 'true', 'true');
CREATE TABLE raw_leads_202610 (id TEXT, last_name TEXT, "HomeEmail" TEXT, do_not_call TEXT);
INSERT INTO raw_leads_202610 VALUES ('1', 'Cy', 'cy@example.org', '1');
CREATE TABLE raw_account_2026_10 (id TEXT, last_name TEXT, opted_out_of_email TEXT);
INSERT INTO raw_account_2026_10 VALUES ('9', 'Ada', 'true');
CREATE TABLE contact (id TEXT, last_name TEXT, opted_out_of_email TEXT);
INSERT INTO contact VALUES ('1', 'of another CRM', 'true');
