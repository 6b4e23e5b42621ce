// The auditor's day, years later and offline: an archive, the register's extract, the audit log and
// the anchors; neither token nor daemon nor network. One command says which files hold, and finds
// what was planted among them, each with its reason.
#include <signal.h>

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <map>
#include <thread>

#include "audit/stamp.h"
#include "tests/e2e/competence_world.h"
#include "tests/support/loopback_server.h"
#include "tests/support/test_revocation.h"
#include "tests/support/time_stamp_authority.h"
#include "tests/verifier/forgery.h"

namespace sceau::test {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::Not;

constexpr int kFiles = SCEAU_DAY_FILES;
constexpr absl::Duration kDay = absl::Hours(24);

// A file that is not as it should be, and what the report must say of it.
struct Planted {
  std::string verdict, reason;
};

class AuditorsDay : public CompetenceWorld {
 protected:
  AuditorsDay() {
    for (const std::string& it : {archive_, anchors_, lists_}) fs::create_directory(it);
    authority_.emplace(appliance_.pki().Issue(stamp_key_.get(), TimeStampingLeaf()),
                       stamp_key_.get(), appliance_.pki().issuing());
    server_.Answer([this](const std::string&, const std::string& body) {
      return HttpAnswer{.status = 200, .body = authority_->Answer(body), .location = {}};
    });
    AddWorld();
    AddMandate();
    AddDelegation();
    policy::Record revoked = Since("revocation", policy::Revocation{"delegation", "arrêté n° 40"});
    revoked.valid_from = revoked.recorded_at = absl::Now() - kDay;
    Add({revoked});
    Add({Since("agent", policy::Person{"Agent"}),
         Since("certificat-agent", Bound("agent", agent_.certificate())),
         Since("certificat-maire-ancien", Bound("maire", former_.certificate())),
         Since("certificat-maire-autre", Bound("maire", other_.certificate()))});
    for (const Signing* it : {&card_, &agent_, &former_, &other_}) Trust(it->pki());
    Trust(appliance_.pki());
  }

  void Trust(const TestPki& pki) {
    const std::string name = Concat(anchors_, "/", ++trusted_, ".pem");
    std::ofstream(name) << PemOf(pki.issuing());
  }
  static std::string Document(int seed, int attachments = 0, gen::PesSpec spec = {}) {
    spec.seed = static_cast<uint64_t>(seed);
    spec.recette = 0;
    spec.attachments = attachments;
    std::string document = Generate(spec);
    // Of one budget, all of them.
    static const std::string first = Generate({});
    for (const char* name : {"IdPost", "IdColl", "CodCol", "CodBud"}) {
      const std::string open = Concat("<", name, " V=\"");
      document = Replaced(document, Between(document, open, "\""), Between(first, open, "\""));
    }
    return document;
  }
  void Archive(const std::string& name, const std::string& text) const {
    std::ofstream(Concat(archive_, "/", name), std::ios::binary) << text;
  }

  // What the service signed for the mayor, all of it, and a stamp over it.
  void SignAll() {
    appliance_.Start(Concat("[audit]\ncheckpoint_period = \"1s\"\ntime_stamps = \"",
                            server_.Url("/tsa"), "\"\n"));
    const auto service = client::Client::Create({.address = appliance_.address()});
    for (int n = 0; n < kFiles; ++n) {
      client::SignOrder order = Order({});
      order.certificates.clear();
      OutputFile output = *OutputFile::Create(Concat(archive_, "/flux", n, ".xml"), false);
      const auto done = service->Sign(card_.AsFile(Document(n + 1)), order, {}, output);
      ASSERT_TRUE(done.ok()) << done.status();
      ASSERT_TRUE(output.Publish().ok());
    }
    AwaitStamp();
    appliance_.daemon().Stop(SIGTERM);
    fs::copy(appliance_.AuditFolder(), audit_, fs::copy_options::recursive);
    fs::remove(audit_ + "/key.pem");  // stays with the appliance
  }
  void AwaitStamp() const {
    const std::string path = appliance_.AuditFolder() + "/stamps";
    const std::string log = appliance_.AuditLog();
    const auto records = std::count(log.begin(), log.end(), '\n') - 1;
    for (int i = 0; i < 600; ++i) {
      const auto stamps = audit::ReadStamps(fs::exists(path) ? ReadFile(path) : "");
      if (stamps.ok() && !stamps->empty() && stamps->back().checkpoint.n >= records) return;
      std::this_thread::sleep_for(std::chrono::milliseconds(100));
    }
    FAIL() << appliance_.Log();
  }

  // Made elsewhere, by a key of its own.
  std::string SignedBy(Signing& signer, const std::string& document, bool whole = false) const {
    signer::SignatureParameters parameters = signer.Parameters();
    parameters.signing_time = absl::Now() - absl::Hours(1);
    parameters.role = "Maire";
    if (whole) parameters.selection.what = signer::Selection::What::kWhole;
    auto made = signer.Sign(document, parameters);
    Require(made.ok(), made.status().ToString());
    return *std::move(made);
  }

  void Plant(const std::string& name, const std::string& text, Planted expected) {
    Archive(name, text);
    planted_[name] = std::move(expected);
  }
  void PlantAll() {
    const std::string good = ReadFile(archive_ + "/flux0.xml");
    Plant("montant.xml", Replaced(good, "<MtBordHT V=\"", "<MtBordHT V=\"9"),
          {"TOTAL_FAILED", "HASH_FAILURE"});
    // The genuine bordereau elsewhere, a forged one in its place.
    const std::string element = Between(good, "<Bordereau ", "</Bordereau>");
    const std::string signature = Between(element, "<ds:Signature", "</ds:Signature>");
    const std::string forged =
        Replaced(Replaced(element, signature, ""), "<MtBordHT V=\"", "<MtBordHT V=\"9");
    Plant("enveloppe.xml",
          InsertedBeforeLast(Replaced(good, element, forged), "</n:PES_Aller>",
                             Concat("<Autre>", element, "</Autre>")),
          {"TOTAL_FAILED", "DUPLICATE_ID"});
    const std::string whole = SignedBy(other_, Document(kFiles + 1, 2), true);
    const std::string first = Between(whole, "<Fichier", "</Fichier>");
    const size_t second = whole.find("<Fichier", whole.find(first) + first.size());
    std::string swapped = whole;
    swapped.replace(whole.find(first), first.size(),
                    Between(whole.substr(second), "<Fichier", "</Fichier>"));
    Plant("pj-echangee.xml", swapped, {"TOTAL_FAILED", "HASH_FAILURE"});
    Plant("incompetent.xml", SignedBy(agent_, Document(kFiles + 2)),
          {"INDETERMINATE", "COMPETENCE_NO_ACT"});
    Plant("delegation-revoquee.xml", SignedBy(card_, Document(kFiles + 3)),
          {"INDETERMINATE", "COMPETENCE_REVOKED"});
    Plant("certificat-revoque.xml", SignedBy(former_, Document(kFiles + 4)),
          {"INDETERMINATE", "CERTIFICATE_REVOKED"});
    const std::string other = SignedBy(other_, Document(kFiles + 5, 0, SmallSpec()));
    // Of a version of the policy that was before.
    Plant("politique.xml",
          Resealed(Replaced(other, "roF9+cfRHNPtVJolhdqfIqGMVuUXX8aR4rpiquf0u5E=",
                            "Jkdb+aba0Hz6+ZPKmKNhPByzQ+Q="),
                   other_.key()),
          {"INDETERMINATE", "POLICY_HASH_DIFFERS"});
    missing_ = ToHex(DigestOf(DigestAlgorithm::kSha256, ReadFile(archive_ + "/flux1.xml")));
    fs::remove(archive_ + "/flux1.xml");
  }
  // As authorities publish them years later: the mayor's certificate was revoked after the stamps,
  // the former one's before his signature.
  void PublishLists() const {
    CrlOptions crl;
    crl.this_update = absl::Now() + 9 * kDay;
    crl.next_update = absl::Now() + 11 * kDay;
    const auto publish = [&](const TestPki& pki, const std::string& certificate, absl::Time at) {
      crl.revoked = {{certificate, at, 1}};
      std::ofstream(Concat(lists_, "/", DigestName(certificate), ".crl"), std::ios::binary)
          << MakeCrl(pki.issuing(), pki.issuing_key(), crl);
    };
    publish(appliance_.pki(), appliance_.signer(), absl::Now() + kDay);
    publish(former_.pki(), former_.certificate(), absl::Now() - 2 * kDay);
  }
  static std::string DigestName(const std::string& der) {
    return ToHex(DigestOf(DigestAlgorithm::kSha256, der));
  }

  // In a name space of its own, where there is no network. With SCEAU_AUDITORS_ROOT, a Debian tree
  // that has the package of the command and nothing else of Sceau, there.
  ProcessResult Audit(const std::string& log) const {
    const std::string at =
        absl::FormatTime(absl::RFC3339_sec, absl::Now() + 10 * kDay, absl::UTCTimeZone());
    const std::vector<std::string> verb = {
        "verify",  archive_,   "--evidence",   log,    "--register", register_,
        "--trust", anchors_,   "--revocation", lists_, "--at",       at,
        "--json",  "--report", "html",         "-o",   page_,        "--force"};
    std::vector<std::string> command = {"unshare", "-rn"};
    const char* root = std::getenv("SCEAU_AUDITORS_ROOT");
    std::vector<std::string> rest = appliance_.Command(verb);
    if (root != nullptr) {
      fs::create_directories(root + folder_.path());
      fs::copy(folder_.path(), root + folder_.path(),
               fs::copy_options::recursive | fs::copy_options::overwrite_existing);
      command.insert(command.end(), {"chroot", root, "/usr/bin/env", "-i", "/usr/bin/sceau"});
      rest = verb;
    }
    command.insert(command.end(), rest.begin(), rest.end());
    ProcessResult run = RunProcess(command);
    if (root != nullptr) {
      if (fs::exists(root + page_)) {
        fs::copy_file(root + page_, page_, fs::copy_options::overwrite_existing);
      }
      fs::remove_all(root + folder_.path());
    }
    return run;
  }

  Signing agent_, former_, other_;
  const EvpPkeyHandle stamp_key_ = NewEcKey();
  std::optional<TimeStampAuthority> authority_;
  LoopbackServer server_;
  const std::string archive_ = folder_.path() + "/archive", anchors_ = folder_.path() + "/anchors",
                    lists_ = folder_.path() + "/lists", audit_ = folder_.path() + "/audit",
                    page_ = folder_.path() + "/report.html";
  std::map<std::string, Planted> planted_;
  std::string missing_;  // SHA-256 of the file that was taken away
  int trusted_ = 0;
};

TEST_F(AuditorsDay, OneCommandFindsWhatWasPlanted) {
  SignAll();
  if (HasFatalFailure()) return;
  PlantAll();
  PublishLists();
  const ProcessResult run = Audit(audit_);
  EXPECT_EQ(run.exit_code, 1) << run.err;
  const Json report = Json::parse(run.out, nullptr, false);
  ASSERT_TRUE(report.contains("files")) << run.out << run.err;
  EXPECT_EQ(report["files"].size(), static_cast<size_t>(kFiles) - 1 + planted_.size());
  int good = 0;
  for (const Json& it : report["files"]) {
    const auto planted = planted_.find(fs::path(it["file"].get<std::string>()).filename());
    const std::string expected =
        planted == planted_.end() ? "TOTAL_PASSED" : planted->second.verdict;
    EXPECT_EQ(it["verdict"], expected) << it.dump(1);
    if (planted == planted_.end()) {
      ++good;
      EXPECT_THAT(it.dump(), HasSubstr("EXISTENCE_PROVEN_OUTSIDE"));
    } else {
      EXPECT_THAT(it.dump(), HasSubstr(Concat("\"", planted->second.reason, "\""))) << it.dump(1);
    }
  }
  EXPECT_EQ(good, kFiles - 1);
  EXPECT_EQ(report["summary"]["verdicts"]["TOTAL_PASSED"], kFiles - 1);
  // The one that the log knows of and that is not there, and no other.
  EXPECT_THAT(run.err, HasSubstr("absent d'ici"));
  EXPECT_EQ(run.err.find("absent d'ici"), run.err.rfind("absent d'ici")) << run.err;
  EXPECT_THAT(run.err, HasSubstr(missing_));
  EXPECT_EQ(report["auditLog"]["holds"], true);
  ASSERT_EQ(report["auditLog"]["missing"].size(), 1u);
  EXPECT_EQ(report["auditLog"]["missing"][0]["sha256"], missing_);
  const std::string page = ReadFile(page_);
  EXPECT_THAT(page, HasSubstr(Concat("<li><code>", missing_, "</code>")));
  for (const auto& [name, planted] : planted_) EXPECT_THAT(page, HasSubstr(name));
}

TEST_F(AuditorsDay, ACutAuditLogIsToldAndProvesNothingOfWhatWasCut) {
  SignAll();
  if (HasFatalFailure()) return;
  PublishLists();
  const std::string log = ReadFile(audit_ + "/log");
  std::ofstream(audit_ + "/log", std::ios::binary)
      << log.substr(0, log.find('\n', log.find("INTENT")) + 1);
  const ProcessResult run = Audit(audit_);
  EXPECT_NE(run.exit_code, 0);
  EXPECT_THAT(run.err, HasSubstr("CUT"));
  const Json report = Json::parse(run.out, nullptr, false);
  EXPECT_EQ(report["summary"]["verdicts"].value("TOTAL_PASSED", 0), 0) << run.err;
  EXPECT_EQ(report["auditLog"]["fault"], "CUT");
  EXPECT_THAT(ReadFile(page_), HasSubstr("[CUT]"));
}

}  // namespace
}  // namespace sceau::test
