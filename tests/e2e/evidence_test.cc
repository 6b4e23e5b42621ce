// The audit log as evidence: an authority stamps it, the auditor verifies what was signed when the
// certificate has expired or was revoked since, and what the log knows of and is not there is told.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <atomic>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <thread>

#include "audit/stamp.h"
#include "base/bytes.h"
#include "base/digest.h"
#include "base/strings.h"
#include "tests/e2e/appliance.h"
#include "tests/e2e/documents.h"
#include "tests/support/loopback_server.h"
#include "tests/support/test_revocation.h"
#include "tests/support/time_stamp_authority.h"

namespace sceau::test {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::Not;

// The signer's certificate ends in 2044, the authorities' a year later.
constexpr const char* kExpired = "2044-06-01T00:00:00Z";

class AuditEvidence : public testing::Test {
 protected:
  AuditEvidence() : input_(appliance_.Generate("flux.xml", {})) {
    LeafOptions leaf = TimeStampingLeaf();
    leaf.not_after = absl::FromCivil(absl::CivilDay(2044, 12, 1), absl::UTCTimeZone());
    authority_.emplace(appliance_.pki().Issue(key_.get(), leaf), key_.get(),
                       appliance_.pki().issuing());
    server_.Answer([this](const std::string&, const std::string& body) {
      return HttpAnswer{.status = dead_ ? 503 : 200,
                        .body = dead_ ? "" : authority_->Answer(body),
                        .location = {}};
    });
    anchor_ = folder_.Write("issuing.pem", PemOf(appliance_.pki().issuing()));
  }

  void Start(const std::string& more = "") {
    appliance_.Start(Concat("[audit]\ncheckpoint_records = 1\ntime_stamps = \"",
                            server_.Url("/tsa"), "\"\n", more));
  }
  std::string Sign(const std::string& name) const { return Sign(input_, name); }
  std::string Sign(const std::string& input, const std::string& name) const {
    const std::string output = folder_.path() + "/" + name;
    const ProcessResult run = appliance_.Sceau(appliance_.SignThere(input, output, {"--all"}));
    EXPECT_EQ(run.exit_code, 0) << run.out << run.err;
    return output;
  }
  static bool Until(const std::function<bool()>& done) {
    for (int i = 0; i < 300 && !done(); ++i) {
      std::this_thread::sleep_for(std::chrono::milliseconds(100));
    }
    return done();
  }
  Json Done() const {
    Json done;
    std::istringstream lines(appliance_.AuditLog());
    for (std::string line; std::getline(lines, line);) {
      const size_t space = line.find(' ');
      if (line.find(R"("kind":"DONE")") != std::string::npos)
        done = Json::parse(line.substr(space));
    }
    return done;
  }
  // Until a stamp covers all that was signed; then the daemon ends.
  void AwaitStamp() {
    const int64_t n = Done()["n"];
    EXPECT_TRUE(Until([&] {
      const auto stamps = audit::ReadStamps(
          fs::exists(evidence_ + "/stamps") ? ReadFile(evidence_ + "/stamps") : "");
      return stamps.ok() && !stamps->empty() && stamps->back().checkpoint.n >= n;
    })) << appliance_.Log();
    appliance_.daemon().Stop(SIGTERM);
  }
  ProcessResult Verify(const std::vector<std::string>& more) const {
    std::vector<std::string> arguments = {"verify", "--json", "--trust", anchor_};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return appliance_.Sceau(arguments);
  }
  ProcessResult VerifyExpired(const std::string& file) const {
    return Verify({file, "--at", kExpired, "--evidence", evidence_});
  }
  static std::string VerdictOf(const ProcessResult& run) {
    const Json report = Json::parse(run.out, nullptr, false);
    if (!report.is_object() || !report.contains("files")) return run.out + run.err;
    return report["files"][0]["verdict"];
  }
  void Rewrite(const std::string& name, const std::string& text) const {
    std::ofstream(evidence_ + name, std::ios::binary) << text;
  }

  Appliance appliance_;
  TemporaryFolder folder_;
  const std::string input_;
  const EvpPkeyHandle key_ = NewEcKey();
  std::optional<TimeStampAuthority> authority_;
  std::atomic<bool> dead_ = false;
  LoopbackServer server_;
  std::string anchor_;
  const std::string evidence_ = appliance_.AuditFolder();
};

TEST_F(AuditEvidence, P36_WhatWasSignedStaysProvableWhenTheCertificateHasExpired) {
  Start();
  const std::string file = Sign("signed.xml");
  AwaitStamp();
  const ProcessResult without = Verify({file, "--at", kExpired});
  EXPECT_EQ(VerdictOf(without), "INDETERMINATE");
  EXPECT_THAT(without.out, HasSubstr("OUT_OF_BOUNDS_NO_POE"));
  const ProcessResult with = VerifyExpired(file);
  EXPECT_EQ(VerdictOf(with), "TOTAL_PASSED") << with.out << with.err;
  EXPECT_THAT(with.out, HasSubstr("EXISTENCE_PROVEN_OUTSIDE"));
  EXPECT_THAT(with.out, HasSubstr("audit "));
  // Of a file that the log does not know nothing is proven.
  const std::string other = folder_.Write("other.xml", ReadFile(file) + "\n");
  EXPECT_EQ(VerdictOf(VerifyExpired(other)), "INDETERMINATE");
}

TEST_F(AuditEvidence, P36_RevokedAfterTheStampItHeldAndBeforeItNothingIsProven) {
  Start();
  const std::string file = Sign("signed.xml");
  AwaitStamp();
  const auto judged = [&](absl::Time revoked) {
    CrlOptions crl;
    crl.this_update = absl::FromCivil(absl::CivilDay(2029, 12, 31), absl::UTCTimeZone());
    crl.next_update = crl.this_update + absl::Hours(48);
    crl.revoked = {{appliance_.signer(), revoked, 1}};
    const std::string list = folder_.Write(
        "list.crl", MakeCrl(appliance_.pki().issuing(), appliance_.pki().issuing_key(), crl));
    return VerdictOf(Verify(
        {file, "--at", "2030-01-01T00:00:00Z", "--revocation", list, "--evidence", evidence_}));
  };
  EXPECT_EQ(judged(absl::Now() + absl::Hours(24)), "TOTAL_PASSED");
  EXPECT_EQ(judged(absl::Now() - absl::Hours(24)), "INDETERMINATE");
}

TEST_F(AuditEvidence, AStampOfSomethingElseOrOfAnAuthorityNobodyTrustsProvesNothing) {
  Start();
  const std::string file = Sign("signed.xml");
  AwaitStamp();
  const std::string stamps = ReadFile(evidence_ + "/stamps");
  const audit::Stamp last = audit::ReadStamps(stamps)->back();
  ASSERT_EQ(VerdictOf(VerifyExpired(file)), "TOTAL_PASSED");

  const std::string other = authority_->Stamp(last.checkpoint.text + "x");
  Rewrite("/stamps", audit::StampLine(last.checkpoint.text, other) + "\n");
  ProcessResult run = VerifyExpired(file);
  EXPECT_EQ(VerdictOf(run), "INDETERMINATE");
  EXPECT_THAT(run.err, HasSubstr("TIME_STAMP_OF_SOMETHING_ELSE"));

  const TestPki strange;
  const TimeStampAuthority stranger(strange.Issue(key_.get(), TimeStampingLeaf()), key_.get(),
                                    strange.issuing());
  Rewrite("/stamps",
          audit::StampLine(last.checkpoint.text, stranger.Stamp(last.checkpoint.text)) + "\n");
  run = VerifyExpired(file);
  EXPECT_EQ(VerdictOf(run), "INDETERMINATE");
  EXPECT_THAT(run.err, HasSubstr("TIME_STAMP_NOT_TRUSTED"));

  Rewrite("/stamps", "{}\n");
  EXPECT_THAT(VerifyExpired(file).out, HasSubstr("AUDIT_INVALID"));
}

TEST_F(AuditEvidence, P64_AnAlteredLogIsToldAndProvesNothingAfterTheFault) {
  Start();
  const std::string file = Sign("signed.xml");
  AwaitStamp();
  const std::string log = ReadFile(evidence_ + "/log");
  const std::string released = Done()["released"];
  std::string changed = log;
  changed.replace(changed.find(released), 1, released[0] == '0' ? "1" : "0");
  Rewrite("/log", changed);
  ProcessResult run = VerifyExpired(file);
  EXPECT_EQ(VerdictOf(run), "INDETERMINATE");
  EXPECT_NE(run.exit_code, 0);
  EXPECT_THAT(run.err, HasSubstr("CHAIN_BROKEN"));
  // Cut: the checkpoints tell.
  Rewrite("/log", log.substr(0, log.find('\n', log.find("INTENT")) + 1));
  run = Verify({file, "--evidence", evidence_});
  EXPECT_EQ(run.exit_code, 1) << run.out << run.err;
  EXPECT_THAT(run.err, HasSubstr("CUT"));
}

TEST_F(AuditEvidence, AFileThatTheLogKnowsOfAndIsNotThereIsTold) {
  Start();
  const std::string one = Sign("one.xml");
  const std::string first = Done()["released"];
  gen::PesSpec more;
  more.depense = 2;
  (void)Sign(appliance_.Generate("other.xml", more), "two.xml");
  AwaitStamp();
  const std::string second = Done()["released"];
  const ProcessResult run = Verify({one, "--evidence", evidence_});
  EXPECT_EQ(run.exit_code, 0) << run.out;
  EXPECT_THAT(run.err, HasSubstr(second));
  EXPECT_THAT(run.err, Not(HasSubstr(first)));
}

TEST_F(AuditEvidence, TheRevocationDataOfThatMomentIsKeptAndNamed) {
  CrlOptions crl;
  crl.this_update = absl::Now() - absl::Hours(1);
  crl.next_update = absl::Now() + absl::Hours(1);
  const std::string der = MakeCrl(appliance_.pki().issuing(), appliance_.pki().issuing_key(), crl);
  const std::string list = folder_.Write("list.crl", der);
  Start(Concat("[revocation]\ndata = [\"", list, "\"]\n"));
  const std::string file = Sign("signed.xml");
  AwaitStamp();
  const std::string name = Concat(ToHex(DigestOf(DigestAlgorithm::kSha256, der)), ".crl");
  EXPECT_EQ(Done()["revocation"], Json::array({name}));
  EXPECT_EQ(ReadFile(evidence_ + "/evidence/" + name), der);
  // The auditor needs no list of his own.
  const std::string soon =
      absl::FormatTime(absl::RFC3339_sec, absl::Now() + absl::Minutes(1), absl::UTCTimeZone());
  EXPECT_EQ(VerdictOf(Verify({file, "--at", soon, "--evidence", evidence_})), "TOTAL_PASSED");
}

// What was signed under one list is judged by the lists that follow it, though nothing more is
// signed.
TEST_F(AuditEvidence, AListThatReplacesAnotherIsKeptTooWhenItIsRead) {
  const auto list_of = [&](absl::Time from) {
    CrlOptions crl;
    crl.this_update = from;
    crl.next_update = from + absl::Hours(24);
    return MakeCrl(appliance_.pki().issuing(), appliance_.pki().issuing_key(), crl);
  };
  const std::string list = folder_.Write("list.crl", list_of(absl::Now() - absl::Hours(2)));
  Start(Concat("[revocation]\ndata = [\"", list, "\"]\n"));
  (void)Sign("signed.xml");
  const std::string next = list_of(absl::Now() - absl::Hours(1));
  const std::string kept =
      Concat(evidence_, "/evidence/", ToHex(DigestOf(DigestAlgorithm::kSha256, next)), ".crl");
  EXPECT_FALSE(fs::exists(kept));
  folder_.Write("list.crl", next);
  ASSERT_EQ(::kill(appliance_.daemon().pid(), SIGHUP), 0);
  ASSERT_TRUE(Until([&] { return fs::exists(kept); })) << appliance_.Log();
  EXPECT_EQ(ReadFile(kept), next);
}

TEST_F(AuditEvidence, WithoutThePlaceForItNothingIsSigned) {
  CrlOptions crl;
  crl.this_update = absl::Now() - absl::Hours(1);
  crl.next_update = absl::Now() + absl::Hours(1);
  const std::string list = folder_.Write(
      "list.crl", MakeCrl(appliance_.pki().issuing(), appliance_.pki().issuing_key(), crl));
  Start(Concat("[revocation]\ndata = [\"", list, "\"]\n"));
  std::ofstream(evidence_ + "/evidence") << "a file where the folder should be";
  const std::string output = folder_.path() + "/signed.xml";
  const ProcessResult run = appliance_.Sceau(appliance_.SignThere(input_, output, {"--all"}));
  EXPECT_THAT(run.out, HasSubstr("AUDIT_UNAVAILABLE")) << run.out;
  EXPECT_FALSE(fs::exists(output));
  EXPECT_THAT(appliance_.AuditLog(), Not(HasSubstr("INTENT")));
  fs::remove(evidence_ + "/evidence");
  (void)Sign("again.xml");
}

TEST_F(AuditEvidence, ADeadTimeStampAuthorityIsToldAndSigningGoesOn) {
  dead_ = true;
  Start();
  (void)Sign("signed.xml");
  EXPECT_TRUE(Until([&] {
    return appliance_.Log().find("time_stamps=SERVICE_UNAVAILABLE") != std::string::npos;
  })) << appliance_.Log();
  EXPECT_FALSE(fs::exists(evidence_ + "/stamps"));
  dead_ = false;
  AwaitStamp();
}

}  // namespace
}  // namespace sceau::test
