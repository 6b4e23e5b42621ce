// The ordonnateur's day: a file with many bordereaux, a card in the reader, a daemon that knows who
// may sign what. One bordereau is outside the delegation until its justification travels with it;
// the accountant refuses a piece; the file without it is signed again.
#include <fstream>

#include "policy/register_file.h"
#include "schemas/inspection.h"
#include "tests/card/card_at_desk.h"
#include "tests/e2e/register_records.h"
#include "tests/support/pdf_document.h"
#include "tests/support/pdf_signing.h"
#include "tests/support/pes_attachments.h"
#include "tools/gen/acquit.h"

namespace sceau::cli {
namespace {

using policy::Record;
using test::Bound;
using test::KindNamed;
using test::Since;

constexpr int kBordereauxOfTheDay = SCEAU_DAY_BORDEREAUX;

class OrdonnateursDay : public CardAtDesk {
 protected:
  void SetUp() override {
    Card::SetUp();
    if (IsSkipped()) return;
    spec_.depense = kBordereauxOfTheDay;
    spec_.recette = 0;
    spec_.pieces = 2;
    spec_.lines = 1;
    spec_.attachments = 4 * kBordereauxOfTheDay;  // two of each mandat
    spec_.attachment_size = gen::kMinAttachmentSize;
    WriteInput(*gen::PesText(spec_));
    card_ = InsertedCard();
    // The role that the decision gives: another one is refused.
    config_ = folder_.Write("sceau.toml", R"(modules = [")" SCEAU_OPENSC R"("]
[signature]
role = "par délégation du maire, arrêté n° 2026-12"
city = "Nouméa"
postal_code = "98800"
country = "NC"
)");
    WriteRegister();
    StartDaemon("127.0.0.1:0",
                Concat("[competence]\nmode = \"enforced\"\nregister = \"", register_,
                       "\"\n[trust]\nanchors = [\"", In(folder_, "issuing.pem"), "\"]\n"));
  }

  // The last bordereau has a contract, which the deputy may not attest, and a note beside it.
  void WriteInput(const std::string& generated) {
    const size_t last = static_cast<size_t>(spec_.attachments) - 2;
    document_ = test::WithAttachment(generated, last, "marche.pdf", Page("Marché"));
    document_ = test::WithAttachment(document_, last + 1, "note.pdf", Page("Note"));
    std::ofstream(input_, std::ios::binary) << document_;
    const auto seen = schemas::Inspect(*InputFile::Open(input_, 1 << 28));
    ASSERT_TRUE(seen.ok()) << seen.status();
    facts_ = seen->pes;
    for (const schemas::Bordereau& it : facts_.bordereaux) bordereaux_.push_back(it.Name());
    ASSERT_EQ(bordereaux_.size(), static_cast<size_t>(kBordereauxOfTheDay));
  }
  static std::string Page(const std::string& text) {
    return test::PdfOfPages({"BT /F1 12 Tf 72 700 Td (" + text + ") Tj ET"});
  }
  void WriteRegister() const {
    policy::Delegation delegation;
    delegation.reference = "arrêté n° 2026-12";
    delegation.signed_at = delegation.published_at = delegation.transmitted_at =
        absl::Now() - absl::Hours(24);
    delegation.delegator_office = "mairie";
    delegation.delegate = "adjointe";
    delegation.founding_text = "CGCT L.2122-18";
    delegation.matters = {std::string(policy::kDepense)};
    delegation.powers = {policy::Power::kServiceFait, policy::Power::kExecutory};
    delegation.kinds = {"courante", "note"};
    const schemas::Collectivite& it = facts_.collectivite;
    const auto added = policy::AppendToRegisterFile(
        register_,
        {Since("commune", policy::Collectivite{.name = "Commune", .time_zone = "Europe/Paris"}),
         Since("budget", policy::Budget{"commune", it.id_coll, it.id_post, it.cod_col, it.cod_bud}),
         Since("maire", policy::Person{"Maire"}), Since("adjointe", policy::Person{"Adjointe"}),
         Since("certificat-maire", Bound("maire", mayor_)),
         Since("certificat-adjointe", Bound("adjointe", card_->certificate())),
         Since("mairie", policy::Office{"commune", "Maire", "par délégation du maire", true}),
         Since("mandat", policy::Mandate{"mairie", "maire"}), Since("delegation", delegation),
         KindNamed("courante", "*_*.pdf"), KindNamed("marche", "marche.pdf"),
         KindNamed("note", "note.pdf")});
    ASSERT_TRUE(added.ok()) << added.status();
  }
  // The mayor's signature is in the note.
  std::string SignedNote() const {
    test::SignedPdf pdf(test::kTextPage);
    pdf.Sign({.certificate = mayor_, .key = mayor_key_.get(), .chain = {pki_.issuing()}});
    return pdf.bytes();
  }

  std::vector<std::string> Arguments(const std::string& input, const std::string& output,
                                     const std::vector<std::string>& bordereaux) const {
    std::vector<std::string> arguments = {"sign",     input,    "-o",    output,
                                          "--server", address_, "--key", "pkcs11:type=private",
                                          "--config", config_};
    if (bordereaux.empty()) arguments.push_back("--all");
    for (const std::string& it : bordereaux) {
      arguments.insert(arguments.end(), {"--bordereau", it});
    }
    return arguments;
  }
  // With the preview, one consent and one PIN.
  Ended SignByHand(const std::string& input, const std::string& output,
                   const std::vector<std::string>& bordereaux) const {
    return RunSceauOnTerminal(folder_, Arguments(input, output, bordereaux),
                              {{kAskSign, "o\n", {}}, {kAskPin, std::string(kPin) + "\n", {}}});
  }
  Json Verified(const std::string& file, int code) const {
    const Ended run = RunSceau(folder_, {"verify", file, "--json", "--trust",
                                         In(folder_, "issuing.pem"), "--register", register_});
    EXPECT_EQ(run.code, code) << run.out << run.err;
    return Json::parse(run.out, nullptr, false)["files"][0];
  }
  std::string AuditLog() const { return ReadFile(In(folder_, "audit/log")); }

  gen::PesSpec spec_;
  schemas::PesFacts facts_;
  std::vector<std::string> bordereaux_;
  std::string document_;
  std::shared_ptr<PivCard> card_;
  const EvpPkeyHandle mayor_key_ = test::NewRsaKey();
  const std::string mayor_ = pki_.Issue(mayor_key_.get());
  const std::string register_ = In(folder_, "register.jsonl");
};

TEST_F(OrdonnateursDay, FromTheFirstRefusalToTheFileWithoutTheRefusedPiece) {
  // All of it: one bordereau is outside the delegation. Nobody is asked for a PIN.
  const Ended all = RunSceau(folder_, Arguments(input_, output_, {}));
  EXPECT_NE(all.code, 0);
  EXPECT_THAT(all.out + all.err, HasSubstr("PIECE_OUTSIDE"));
  EXPECT_THAT(all.out + all.err, HasSubstr(facts_.bordereaux.back().pieces_justificatives.at(2)));
  EXPECT_EQ(card_->verifications(), 0);
  EXPECT_EQ(card_->signatures(), 0);
  ExpectNoOutput();

  // The others, with one consent.
  const std::string last = bordereaux_.back();
  const std::vector<std::string> others(bordereaux_.begin(), bordereaux_.end() - 1);
  const std::string partly = In(folder_, "partly.xml");
  const Ended most = SignByHand(input_, partly, others);
  ASSERT_EQ(most.code, 0) << most.out << DaemonLog();
  EXPECT_EQ(card_->signatures(), kBordereauxOfTheDay - 1);
  EXPECT_EQ(most.out.find(kAskPin), most.out.rfind(kAskPin));
  EXPECT_EQ(most.out.find(kAskSign), most.out.rfind(kAskSign));
  EXPECT_THAT(most.out, HasSubstr("par délégation du maire, arrêté n° 2026-12"));
  for (const std::string& it : others) EXPECT_THAT(most.out, HasSubstr(it));
  EXPECT_EQ(Verified(partly, 3)["signatures"].size(), others.size());

  // The justification travels: the last one is signed too, and the others stay as they are.
  const std::string justified = In(folder_, "justified.xml");
  std::ofstream(justified, std::ios::binary) << test::WithAttachment(
      ReadFile(partly), static_cast<size_t>(spec_.attachments) - 1, "note.pdf", SignedNote());
  const std::string complete = In(folder_, "complete.xml");
  const Ended one = SignByHand(justified, complete, {last});
  ASSERT_EQ(one.code, 0) << one.out << DaemonLog();
  EXPECT_EQ(card_->signatures(), kBordereauxOfTheDay);
  EXPECT_THAT(AuditLog(), HasSubstr("\"justified\":[\""));
  const Json whole = Verified(complete, 0);
  EXPECT_EQ(whole["signatures"].size(), bordereaux_.size());
  for (const Json& it : whole["signatures"]) {
    EXPECT_EQ(it["indication"], "TOTAL_PASSED") << it;
    EXPECT_EQ(it["competence"], "PERMITTED") << it;
  }

  // The accountant refuses a piece of the first.
  gen::AcquitSpec refusal;
  ASSERT_TRUE(gen::AddRefusal("D1/1", refusal).ok());
  const std::string acquit = folder_.Write("acquit.xml", *gen::AcquitText(spec_, refusal));
  const std::string again = In(folder_, "again.xml");
  const Ended without =
      RunSceau(folder_, {"pes", "without", "--acquit", acquit, complete, "-o", again, "--json"});
  ASSERT_EQ(without.code, 0) << without.out << without.err;
  EXPECT_EQ(Json::parse(without.out)["pieces"].size(), 1u);
  EXPECT_EQ(Verified(again, 3)["signatures"].size(), others.size());
  const std::string final = In(folder_, "final.xml");
  const Ended resigned = SignByHand(again, final, {bordereaux_.front()});
  ASSERT_EQ(resigned.code, 0) << resigned.out << DaemonLog();
  EXPECT_EQ(card_->signatures(), kBordereauxOfTheDay + 1);
  const Json done = Verified(final, 0);
  EXPECT_EQ(done["verdict"], "TOTAL_PASSED");
  EXPECT_EQ(done["signatures"].size(), bordereaux_.size());
}

}  // namespace
}  // namespace sceau::cli
