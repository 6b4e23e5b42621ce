// The HTML page: what it says, and that nothing of a document is more than text in it.
#include "tools/sceau/report_html.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/sceau/report_example.h"
#include "tools/sceau/report_writer.h"

namespace sceau::cli {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string PageOf(const std::vector<verifier::FileReport>& reports, Lang lang = Lang::kFr) {
  std::string page;
  auto writer = MakeReportWriter("html", lang, [&](std::string_view piece) { page += piece; });
  EXPECT_TRUE(writer.ok());
  for (const auto& it : reports) EXPECT_TRUE((*writer)->File(it).ok());
  EXPECT_TRUE((*writer)->Finish().ok());
  return page;
}

size_t Occurrences(std::string_view text, std::string_view part) {
  size_t count = 0;
  for (size_t at = text.find(part); at != std::string_view::npos; at = text.find(part, at + 1)) {
    ++count;
  }
  return count;
}

TEST(ReportHtml, SaysVerdictSignerRoleAndTimes) {
  const std::string page = PageOf({ExampleReport()});
  EXPECT_THAT(page, HasSubstr("<html lang=\"fr\">"));
  EXPECT_THAT(page, HasSubstr("<strong>On ne peut pas conclure</strong>"));
  EXPECT_THAT(page, HasSubstr("<p class=\"who\"><bdi>Hélène Maire</bdi></p>"));
  EXPECT_THAT(page,
              HasSubstr("<bdi>Maire</bdi> <span class=\"claim\">(déclaré par le signataire)"));
  EXPECT_THAT(page, HasSubstr("Aucune date prouvée"));
  EXPECT_THAT(page, HasSubstr("Déclarée : 4 juillet 2018 à 15 h 19 min 45 s (UTC)<"));
  EXPECT_THAT(page, HasSubstr("Que faire : Si vous faites confiance à l'autorité nommée"));
}

TEST(ReportHtml, WhatAnAuditLogSaysStandsBeforeTheFiles) {
  verifier::LogAccount log;
  log.first_bad = audit::Finding{audit::Fault::kCut, 7, 8};
  log.records = 6;
  log.released = 2;
  log.missing["00ff"] = {3, "req<1>", "2026-11-27T10:00:00Z"};
  std::string page;
  auto writer = MakeReportWriter("html", Lang::kEn, [&](std::string_view piece) { page += piece; });
  ASSERT_TRUE(writer.ok());
  ASSERT_TRUE((*writer)->File(ExampleReport()).ok());
  (*writer)->Log(log);
  ASSERT_TRUE((*writer)->Finish().ok());
  EXPECT_THAT(page, HasSubstr("<h2>Audit log</h2>"));
  EXPECT_THAT(page, HasSubstr("[CUT]"));
  EXPECT_THAT(page, HasSubstr("<li><code>00ff</code> (n° 3, "));
  EXPECT_THAT(page, HasSubstr("req&lt;1&gt;"));
  EXPECT_LT(page.find("Audit log"), page.find("<section class=\"file\">"));
  EXPECT_THAT(PageOf({ExampleReport()}, Lang::kEn), Not(HasSubstr("Audit log")));
}

TEST(ReportHtml, ProvenTimeStandsApartFromTheClaimedOne) {
  verifier::FileReport it = ExampleReport();
  verifier::SignatureReport signature = ExampleSignature();
  signature.best_time = absl::FromUnixSeconds(1530748800);
  it.signatures = {signature};
  const std::string page = PageOf({it}, Lang::kEn);
  EXPECT_THAT(page, HasSubstr("<span class=\"proof\">Proven: at the latest 5 July 2018, 00:00:00 "
                              "UTC</span>"));
  EXPECT_THAT(page, HasSubstr("Claimed: 4 July 2018, 15:19:45 UTC<"));
  EXPECT_THAT(page, Not(HasSubstr("No time is proven")));
}

TEST(ReportHtml, WhatIsInAnAttachmentHasItsOwnVerdictInsideTheFile) {
  verifier::FileReport it = ExampleReport();
  verifier::FileReport inside = ExampleReport();
  inside.attachment_id = "PJ<1>";
  inside.verdict = verifier::Verdict::kTotalFailed;
  it.attachments = {inside};
  const std::string page = PageOf({it});
  EXPECT_THAT(page, HasSubstr("Dans la pièce justificative <bdi>PJ&lt;1&gt;</bdi>"));
  EXPECT_EQ(Occurrences(page, "<section class=\"file\">"), 1u);
  EXPECT_EQ(Occurrences(page, "<section class=\"inside\">"), 1u);
  EXPECT_EQ(Occurrences(page, "<div class=\"band "), 2u);
  EXPECT_EQ(Occurrences(page, "<p class=\"who\">"), 2 * it.signatures.size());
}

TEST(ReportHtml, WhatProvesTheTimeStandsBesideItAndIsNoProblem) {
  verifier::FileReport it = ExampleReport();
  verifier::SignatureReport signature = ExampleSignature();
  signature.best_time = absl::FromUnixSeconds(1530748800);
  signature.reasons = {{"ARCHIVE_TIME_STAMP", schemas::Severity::kInfo, "2018-07-05T00:00:00Z"},
                       {"EXISTENCE_PROVEN_OUTSIDE", schemas::Severity::kInfo, "journal <7>"}};
  it.signatures = {signature};
  const std::string page = PageOf({it}, Lang::kEn);
  EXPECT_THAT(page, HasSubstr("UTC</span><br>An archive time stamp shows"));
  EXPECT_THAT(page, HasSubstr("[journal &lt;7&gt;]<br>Claimed: "));
  EXPECT_THAT(page, Not(HasSubstr("<div class=\"problem unsure\"><p>An archive")));
}

TEST(ReportHtml, ShowsThePartsOfTheFileAndWhatCoversThem) {
  const std::string page = PageOf({ExampleReport()});
  EXPECT_THAT(page, HasSubstr("<li class=\"unsure\"><b>? <bdi>BORD12</bdi></b>signature "
                              "indéterminée</li>"));
  EXPECT_THAT(page, HasSubstr("<li class=\"none\"><b>– <bdi>BD2</bdi></b>non dématérialisé"));
  EXPECT_THAT(page, HasSubstr("<bdi>Pièces justificatives</bdi></b>couvert par aucune signature"));
}

TEST(ReportHtml, BrokenSignatureTellsNotToUseTheFile) {
  const std::string page =
      PageOf({ExampleReport(verifier::Verdict::kTotalFailed, verifier::Indication::kTotalFailed)});
  EXPECT_THAT(page, HasSubstr("<div class=\"band bad\">"));
  EXPECT_THAT(page, HasSubstr("Que faire : N'utilisez pas ce fichier."));
}

TEST(ReportHtml, WhatADocumentSaysIsTextAndNothingElse) {
  const std::string script = "<script>alert(1)</script>";
  const std::string quotes = "\"' onload='x' <img src=x>";
  const std::string direction =
      "Maire\xE2\x80\xAE"
      "eriaM\x07\x1B[31m\n";
  for (const std::string& hostile : {script, quotes, direction}) {
    verifier::FileReport it = ExampleReport();
    verifier::SignatureReport signature = ExampleSignature();
    for (std::string* text :
         {&signature.id, &signature.of, &signature.claimed_role, &signature.claimed_time,
          &signature.city, &signature.policy_id, &signature.sub_indication,
          &signature.signer->subject, &signature.signer->issuer, &signature.signer->serial}) {
      *text = hostile;
    }
    signature.signer->subject = "CN=" + hostile;
    signature.covers = {hostile};
    signature.reasons = {{"CHAIN_NOT_TRUSTED", schemas::Severity::kError, hostile}};
    it.file = hostile;
    it.signatures = {signature};
    it.unsigned_elements = {{schemas::Scope::kBordereau, hostile, verifier::UnsignedWhy::kMissing}};
    it.not_covered = {"/" + hostile};
    it.findings = {{schemas::Severity::kError, "DUPLICATE_ID", {1, 2, hostile}, hostile, hostile}};
    verifier::FileReport refused = RefusedReport();
    refused.file = hostile;
    const std::string page = PageOf({it, refused});
    EXPECT_EQ(Occurrences(page, "<script"), 0u);
    EXPECT_EQ(Occurrences(page, "<img"), 0u);
    EXPECT_EQ(Occurrences(page, "\xE2\x80\xAE"), 0u);
    EXPECT_EQ(Occurrences(page, "\x07"), 0u);
    EXPECT_EQ(Occurrences(page, "\x1B"), 0u);
    EXPECT_THAT(page, Not(HasSubstr("' onload")));
    EXPECT_THAT(page, Not(HasSubstr("<x>")));  // the refusal's own detail
  }
}

TEST(ReportHtml, NeedsNothingElse) {
  const std::string page = PageOf({ExampleReport(), RefusedReport()});
  for (const std::string_view part : {"<script", "<link", "<img", "<iframe", "@import", "url(",
                                      "http://", "https://", "javascript:"}) {
    EXPECT_EQ(Occurrences(page, part), 0u) << part;
  }
  EXPECT_THAT(page, HasSubstr("content=\"default-src 'none'; style-src 'unsafe-inline'\""));
  EXPECT_THAT(page, HasSubstr("@media print"));
}

TEST(ReportHtml, ManyAlikeAreOneCardAndNothingIsLeftOutUnsaid) {
  verifier::FileReport it = ExampleReport();
  it.signatures = {};
  verifier::SignatureReport signature = ExampleSignature();
  for (int i = 0; i < 500; ++i) {
    signature.of = "B" + std::to_string(i);
    it.signatures.push_back(signature);
  }
  const std::string page = PageOf({it});
  EXPECT_EQ(Occurrences(page, "<article"), 1u);
  EXPECT_THAT(page, HasSubstr("Signatures (500)"));
  EXPECT_THAT(page, HasSubstr("et 440 autres"));
  EXPECT_THAT(page, HasSubstr("Non montrés ici : 443"));  // of 503 parts
  for (int i = 0; i < 200; ++i) {
    signature.claimed_role = "Maire " + std::to_string(i);
    it.signatures.push_back(signature);
  }
  const std::string different = PageOf({it});
  EXPECT_EQ(Occurrences(different, "<article"), kMaxCards);
  EXPECT_THAT(different, HasSubstr("Non montrés ici : 101"));
}

TEST(ReportHtml, SeveralFilesBeginWithTheirSummary) {
  const std::string page = PageOf({ExampleReport(), RefusedReport()});
  const size_t summary = page.find("<table class=\"summary\">");
  ASSERT_NE(summary, std::string::npos);
  EXPECT_LT(summary, page.find("<section"));
  EXPECT_THAT(page, HasSubstr("<td><bdi>autre.xml</bdi></td><td>0</td><td>– Fichier refusé</td>"));
  EXPECT_THAT(PageOf({ExampleReport()}), Not(HasSubstr("class=\"summary\"")));
}

}  // namespace
}  // namespace sceau::cli
