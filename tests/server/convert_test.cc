#include "server/convert.h"

#include <gtest/gtest.h>

#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "proto/text.h"
#include "server/report_messages.h"
#include "tools/client/convert.h"
#include "tools/client/report_reader.h"

namespace sceau::server {
namespace {

TEST(StatusConversion, EveryReasonComesBackWithPlaceAndDetail) {
  for (const ReasonInfo& info : AllReasons()) {
    const Status sent =
        Error(info.reason, "détail", {.line = 12, .column = 5, .element = "/n:PES_Aller"});
    const grpc::Status wire = ToGrpc(sent, "");
    EXPECT_EQ(static_cast<int>(wire.error_code()), static_cast<int>(info.code)) << info.name;
    const Status received = client::FromGrpc(wire);
    EXPECT_EQ(ReasonOf(received), info.reason) << info.name;
    EXPECT_EQ(received.code(), sent.code()) << info.name;
    // Whoever is told to wait is told how long.
    const bool wait = info.reason == Reason::kOverloaded || info.reason == Reason::kRateLimited;
    EXPECT_EQ(DetailOf(received), wait ? "détail; 2 s" : "détail") << info.name;
    EXPECT_EQ(PlaceOf(received).line, 12);
    EXPECT_EQ(PlaceOf(received).column, 5);
    EXPECT_EQ(PlaceOf(received).element, "/n:PES_Aller");
  }
}

TEST(StatusConversion, DetailsHoldErrorInfoOfDomainSceau) {
  const grpc::Status wire = ToGrpc(Error(Reason::kDoctypeRefused, "", {.line = 3}), "abc");
  google::rpc::Status rich;
  ASSERT_TRUE(rich.ParseFromString(wire.error_details()));
  EXPECT_EQ(rich.code(), static_cast<int>(grpc::StatusCode::INVALID_ARGUMENT));
  ASSERT_EQ(rich.details_size(), 1);
  EXPECT_EQ(rich.details(0).type_url(), "type.googleapis.com/google.rpc.ErrorInfo");
  google::rpc::ErrorInfo error;
  ASSERT_TRUE(rich.details(0).UnpackTo(&error));
  EXPECT_EQ(error.reason(), "DOCTYPE_REFUSED");
  EXPECT_EQ(error.domain(), "sceau");
  EXPECT_EQ(error.metadata().at("line"), "3");
  EXPECT_EQ(error.metadata().at("request_id"), "abc");
  EXPECT_FALSE(error.metadata().contains("detail"));
}

TEST(StatusConversion, WhatPassesWithTimeSaysWhenToRetry) {
  google::rpc::Status rich;
  ASSERT_TRUE(rich.ParseFromString(ToGrpc(Error(Reason::kOverloaded), "").error_details()));
  ASSERT_EQ(rich.details_size(), 2);
  google::rpc::RetryInfo retry;
  ASSERT_TRUE(rich.details(1).UnpackTo(&retry));
  EXPECT_GT(retry.retry_delay().seconds(), 0);
}

TEST(StatusConversion, FitsTheTrailersWhateverTheDetail) {
  const std::string endless(100'000, '\xE9');  // not UTF-8 either
  const grpc::Status wire =
      ToGrpc(Error(Reason::kKeyAmbiguous, endless, {.element = endless}), "id");
  EXPECT_LT(wire.error_details().size(), 4096u);
  EXPECT_EQ(ReasonOf(client::FromGrpc(wire)), Reason::kKeyAmbiguous);
}

TEST(StatusConversion, WithoutErrorInfoTheCodeDecides) {
  using Code = grpc::StatusCode;
  EXPECT_EQ(ReasonOf(client::FromGrpc({Code::UNAVAILABLE, "x"})), Reason::kServiceUnavailable);
  EXPECT_EQ(ReasonOf(client::FromGrpc({Code::DEADLINE_EXCEEDED, "x"})), Reason::kDeadlineExceeded);
  EXPECT_EQ(ReasonOf(client::FromGrpc({Code::CANCELLED, "x"})), Reason::kCancelled);
  EXPECT_EQ(ReasonOf(client::FromGrpc({Code::INTERNAL, "x"})), Reason::kInternal);
  EXPECT_EQ(ReasonOf(client::FromGrpc({Code::UNAVAILABLE, "x", "not a status"})),
            Reason::kServiceUnavailable);
}

TEST(ReportConversion, ProvenTimeAndRevocationComeBackApartFromTheClaimedTime) {
  verifier::SignatureReport sent;
  sent.id = "S1";
  sent.level = "T";
  sent.claimed_time = "2018-07-04T15:19:45Z";
  sent.best_time = absl::FromUnixNanos(1530748800500000000);
  sent.qualification = "QES";
  sent.reasons = {{"CERTIFICATE_REVOKED", schemas::Severity::kError, "2018"}};
  verifier::SignatureReport received = client::FromWire(ToWire(sent));
  EXPECT_EQ(received, static_cast<const verifier::SignatureTraits&>(sent));
  EXPECT_EQ(received.best_time, sent.best_time);
  sent.best_time.reset();
  EXPECT_FALSE(client::FromWire(ToWire(sent)).best_time.has_value());
}

// A report with lists that do not fit one message, and attachments of each kind.
verifier::FileReport NestedReport() {
  verifier::SignatureReport signature;
  signature.id = "S1";
  signature.of = "1/2026/01";
  signature.reasons = {{"CHAIN_NOT_TRUSTED", schemas::Severity::kError, "CN=x"}};
  verifier::FileReport report;
  report.file = "flux.xml";
  report.sha256 = std::string(64, 'a');
  report.kind = schemas::Kind::kPesAller;
  report.verdict = verifier::Verdict::kIncomplete;
  report.validation_time = absl::FromUnixSeconds(1780272000);
  report.signatures = {signature, signature};
  report.unsigned_elements = {{schemas::Scope::kBordereau, "2", verifier::UnsignedWhy::kMissing}};
  report.not_covered.assign(2 * kItemsPerMessage, "/n:PES_Aller/PES_PJ");

  verifier::FileReport pdf;
  pdf.file = "délibération.pdf";
  pdf.attachment_id = "PJ1";
  pdf.sha256 = std::string(64, 'b');
  pdf.kind = schemas::Kind::kPdf;
  pdf.verdict = verifier::Verdict::kTotalFailed;
  pdf.validation_time = report.validation_time;
  signature.format = "CADES";
  signature.integrity = verifier::Integrity::kBroken;
  pdf.signatures = {signature};

  verifier::FileReport act = pdf;
  act.attachment_id = "PJ2";
  act.kind = schemas::Kind::kBudgetAct;
  act.verdict = verifier::Verdict::kNoSignature;
  act.signatures = {};
  act.not_covered = {"/DocumentBudgetaire"};
  act.findings = {{.severity = schemas::Severity::kError,
                   .rule = "SEAL_BROKEN",
                   .place = {.line = 3, .column = 5, .element = "Scellement"},
                   .detail = "md5",
                   .value = "AB"}};

  verifier::FileReport refused;
  refused.file = "bombe.xml";
  refused.attachment_id = "PJ3";
  refused.sha256 = std::string(64, 'c');
  refused.validation_time = report.validation_time;
  refused.refusal = Error(Reason::kDoctypeRefused, "x", {.line = 2});
  report.attachments = {pdf, act, refused};
  return report;
}

std::vector<v1::VerifyResponse> MessagesOf(const verifier::FileReport& report) {
  ReportMessages messages(report, "request");
  std::vector<v1::VerifyResponse> all(1);
  while (messages.Next(all.back())) all.emplace_back();
  all.pop_back();
  return all;
}

StatusOr<verifier::FileReport> Received(const std::vector<v1::VerifyResponse>& messages) {
  client::ReportReader reader("flux.xml");
  for (const v1::VerifyResponse& it : messages) SCEAU_RETURN_IF_ERROR(reader.Take(it));
  return reader.Finish();
}

TEST(ReportConversion, AReportComesBackWithItsAttachmentsAndTheirVerdicts) {
  const verifier::FileReport sent = NestedReport();
  const auto received = Received(MessagesOf(sent));
  ASSERT_TRUE(received.ok()) << received.status();
  EXPECT_EQ(verifier::ToJson({*received}, Lang::kFr), verifier::ToJson({sent}, Lang::kFr));
  EXPECT_EQ(received->attachments.size(), 3u);
}

TEST(ReportConversion, WithoutAnyOfItsMessagesAReportIsIncompleteOrTellsLess) {
  const verifier::FileReport sent = NestedReport();
  const std::vector<v1::VerifyResponse> all = MessagesOf(sent);
  for (size_t i = 0; i < all.size(); ++i) {
    std::vector<v1::VerifyResponse> fewer = all;
    fewer.erase(fewer.begin() + static_cast<std::ptrdiff_t>(i));
    const auto received = Received(fewer);
    const bool counted = all[i].has_signature() || all[i].has_summary() ||
                         all[i].attachment().has_file() || all[i].attachment().has_signature() ||
                         all[i].attachment().has_summary();
    EXPECT_EQ(received.ok(), !counted) << all[i].ShortDebugString();
    if (!counted) continue;
    EXPECT_EQ(ReasonOf(received.status()), Reason::kAnswerIncomplete);
  }
  std::vector<v1::VerifyResponse> more = all;
  more.push_back(all.back());
  EXPECT_FALSE(Received(more).ok());
}

v1::SignHeader HeaderWith(const std::function<void(v1::SignHeader&)>& change) {
  v1::SignHeader header;
  header.set_idempotency_key("k");
  header.mutable_document()->set_sha256(std::string(32, 'h'));
  header.mutable_parameters()->mutable_selection()->mutable_all();
  change(header);
  return header;
}

TEST(Fingerprint, EveryDecisiveFieldChangesIt) {
  const std::string base = FingerprintOf(HeaderWith([](v1::SignHeader&) {}));
  const std::vector<std::function<void(v1::SignHeader&)>> changes = {
      [](v1::SignHeader& h) { h.mutable_document()->set_sha256(std::string(32, 'i')); },
      [](v1::SignHeader& h) { h.set_key("other"); },
      [](v1::SignHeader& h) {
        h.mutable_parameters()->mutable_selection()->mutable_detached()->set_name("a");
      },
      [](v1::SignHeader& h) { h.mutable_content()->set_name("a"); },
      [](v1::SignHeader& h) {
        h.mutable_content()->set_name("a");
        h.mutable_content()->mutable_document()->set_sha256(std::string(32, 'j'));
      },
      [](v1::SignHeader& h) { h.mutable_parameters()->set_profile("p"); },
      [](v1::SignHeader& h) { h.mutable_parameters()->mutable_selection()->mutable_whole(); },
      [](v1::SignHeader& h) {
        h.mutable_parameters()->mutable_selection()->mutable_listed()->add_refs("a");
      },
      [](v1::SignHeader& h) { h.mutable_parameters()->set_role("r"); },
      [](v1::SignHeader& h) { h.mutable_parameters()->set_city("r"); },
      [](v1::SignHeader& h) { h.mutable_parameters()->set_postal_code("r"); },
      [](v1::SignHeader& h) { h.mutable_parameters()->set_country("r"); },
      [](v1::SignHeader& h) { h.mutable_parameters()->set_set_dematerialisee(true); },
  };
  std::set<std::string> seen = {base};
  for (const auto& change : changes) {
    EXPECT_TRUE(seen.insert(FingerprintOf(HeaderWith(change))).second) << seen.size();
  }
}

TEST(Fingerprint, KeyAndAnnouncedSizeDoNotChangeIt) {
  EXPECT_EQ(FingerprintOf(HeaderWith([](v1::SignHeader&) {})),
            FingerprintOf(HeaderWith([](v1::SignHeader& h) {
              h.set_idempotency_key("other");
              h.mutable_document()->set_size(7);
            })));
}

TEST(Utf8, KeepsWhatIsWellFormedAndReplacesTheRest) {
  EXPECT_EQ(wire::Utf8("né €😀"), "né €😀");
  EXPECT_EQ(wire::Utf8("n\xE9"), "n?");
  EXPECT_EQ(wire::Utf8("\xC0\xAF"), "??");            // overlong
  EXPECT_EQ(wire::Utf8("\xED\xA0\x80"), "???");       // surrogate
  EXPECT_EQ(wire::Utf8("\xF4\x90\x80\x80"), "????");  // beyond U+10FFFF
  EXPECT_EQ(wire::Utf8("\xE2\x82"), "??");            // cut
  EXPECT_EQ(wire::Utf8("aé", 2), "a");
}

}  // namespace
}  // namespace sceau::server
