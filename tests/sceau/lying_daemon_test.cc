// A service that was broken into: whatever it asks the card to sign, or gives back, the command
// refuses it; what it asks for before the card is touched.
#include "tests/sceau/lying_daemon.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/strings.h"
#include "tools/sceau/desk.h"

namespace sceau::cli {
namespace {

using test::LyingDaemon;
using Targets = std::vector<v1::PreparedTarget>;
using testing::HasSubstr;
using testing::IsEmpty;

class LyingDaemonTest : public testing::Test {
 protected:
  LyingDaemonTest() {
    gen::PesSpec spec;
    spec.depense = 2;
    spec.recette = 1;
    document_ = test::Generate(spec);
    client_ = client::Client::Create({.address = daemon_.address()});
  }

  DeskRequest Request() {
    DeskRequest request;
    request.parameters = card_.Parameters();
    request.parameters.certificates = {card_.certificate()};
    request.idempotency_key = "key";
    request.consent = [this](const signer::Prepared&, std::string&) {
      ++asked_;
      return OkStatus();
    };
    request.unlock = [this]() -> StatusOr<signer::SignFunction> {
      ++opened_;
      return card_.Key();
    };
    return request;
  }

  Status Sign() { return Sign(Request()); }
  Status Sign(const DeskRequest& request) {
    OutputFile output = OutputFile::Unnamed();
    const auto answer = SignAtDesk(*client_, card_.AsFile(document_), request, output);
    if (!answer.ok()) return answer.status();
    const InputFile written = *output.Reread();
    signed_ = *written.Slice(0, static_cast<size_t>(written.size()));
    return OkStatus();
  }

  test::Signing card_;
  const test::Signing stranger_;
  LyingDaemon daemon_;
  std::string document_, signed_;
  std::unique_ptr<client::Client> client_;
  int asked_ = 0;   // the signer
  int opened_ = 0;  // the card
};

TEST_F(LyingDaemonTest, TheTruthIsSigned) {
  const Status status = Sign();
  ASSERT_TRUE(status.ok()) << status;
  EXPECT_EQ(opened_, 1);
  EXPECT_EQ(card_.VerifyTrusted(signed_).signatures.size(), 3u);
}

// What a lie is made of: the daemon, a person whose certificate is not the card's, the card's.
struct Lie {
  const char* name;
  const char* told;  // stands in what the command says
  std::function<void(LyingDaemon&, const test::Signing& stranger)> tell;
};

class LieOfPreparation : public LyingDaemonTest, public testing::WithParamInterface<Lie> {};

TEST_P(LieOfPreparation, P43_IsRefusedBeforeTheCardIsTouched) {
  GetParam().tell(daemon_, stranger_);
  const Status status = Sign();
  EXPECT_EQ(ReasonOf(status), Reason::kPreparationDiffers) << status;
  EXPECT_THAT(DetailOf(status), HasSubstr(GetParam().told));
  EXPECT_EQ(daemon_.prepared(), 1);
  EXPECT_EQ(asked_, 0);
  EXPECT_EQ(opened_, 0);
  EXPECT_EQ(daemon_.completed(), 0);
  EXPECT_THAT(daemon_.declined(), HasSubstr("PREPARATION_DIFFERS"));
}

Lie Asked(const char* name, const char* told, std::function<void(Targets&)> change) {
  return {name, told,
          [change](LyingDaemon& daemon, const test::Signing&) { daemon.targets = change; }};
}
Lie Claimed(const char* name, const char* told,
            std::function<void(signer::SignatureParameters&)> change) {
  return {name, told,
          [change](LyingDaemon& daemon, const test::Signing&) { daemon.parameters = change; }};
}

void ReplaceOnce(std::string& text, std::string_view what, std::string_view by) {
  const size_t at = text.find(what);
  ASSERT_NE(at, std::string::npos) << what;
  text.replace(at, what.size(), by);
}

const Lie kLies[] = {
    // Consistent ones: the daemon honestly prepares something else.
    {"AnotherAmount", "element_digest",
     [](LyingDaemon& daemon, const test::Signing&) {
       daemon.document = [](std::string& text) {
         const size_t at = text.find("<MtBordHT V=\"") + std::string("<MtBordHT V=\"").size();
         text[at] = text[at] == '9' ? '8' : '9';
       };
     }},
    Claimed("AnotherRole", "signed_properties", [](auto& it) { it.role = "Trésorier"; }),
    Claimed("AnotherPlace", "signed_properties", [](auto& it) { it.city = "Ailleurs"; }),
    Claimed("AnotherProfile", "signed_properties",
            [](auto& it) { it.profile = *xades::ProfileSet::BuiltIn()->Find("helios-v3-strict"); }),
    Claimed("AnotherPolicy", "signed_properties",
            [](auto& it) {
              auto profile = std::make_shared<xades::Profile>(*it.profile);
              profile->policy->hash[0] ^= 1;
              it.profile = profile;
            }),
    Claimed("ATimeFarInThePast", "signing_time",
            [](auto& it) { it.signing_time -= absl::Hours(24); }),
    Claimed("ATimeInTheFuture", "signing_time",
            [](auto& it) { it.signing_time += absl::Minutes(6); }),
    {"ATimeOtherThanTold", "signed_properties",
     [](LyingDaemon& daemon, const test::Signing&) {
       daemon.parameters = [](auto& it) { it.signing_time += absl::Hours(1); };
       daemon.preparation = [](auto& it) {
         it.mutable_signing_time()->set_seconds(it.signing_time().seconds() - 3600);
       };
     }},
    {"AnotherCertificate", "signed_properties",
     [](LyingDaemon& daemon, const test::Signing& stranger) {
       daemon.parameters = [&stranger](auto& it) { it.certificates = {stranger.certificate()}; };
     }},
    Claimed("FewerBordereaux", "targets",
            [](auto& it) {
              it.selection.what = signer::Selection::What::kListed;
              it.selection.bordereaux = {"BORDD0001"};
            }),
    Claimed("TheWholeFile", "targets",
            [](auto& it) { it.selection.what = signer::Selection::What::kWhole; }),
    // Those that change a field of an honest preparation.
    Asked("ElementDigest", "element_digest",
          [](Targets& all) { (*all[0].mutable_element_digest())[0] ^= 1; }),
    Asked(
        "SignedProperties", "signed_properties",
        [](Targets& all) { ReplaceOnce(*all[1].mutable_signed_properties(), "Maire", "Prefet"); }),
    Asked("SignedInfo", "signed_info",
          [](Targets& all) { ReplaceOnce(*all[0].mutable_signed_info(), "URI=\"#", "URI=\"#X"); }),
    Asked("AnotherAlgorithmInSignedInfo", "signed_info",
          [](Targets& all) {
            ReplaceOnce(*all[0].mutable_signed_info(), "xmldsig-more#rsa-sha256",
                        "xmldsig-more#rsa-sha512");
          }),
    Asked("SignatureMethod", "signature_method",
          [](Targets& all) {
            all[0].set_signature_method("http://www.w3.org/2000/09/xmldsig#rsa-sha1");
          }),
    Asked("DigestMethod", "digest_method",
          [](Targets& all) { all[0].set_digest_method("http://www.w3.org/2000/09/xmldsig#sha1"); }),
    Asked("OneTargetMore", "targets", [](Targets& all) { all.push_back(all[0]); }),
    Asked("OneTargetLess", "targets", [](Targets& all) { all.pop_back(); }),
    Asked("NoTarget", "targets", [](Targets& all) { all.clear(); }),
    Asked("TheSameTargetTwice", "element", [](Targets& all) { all[1] = all[0]; }),
    Asked("SwappedTargets", "element", [](Targets& all) { std::swap(all[0], all[1]); }),
    Asked("SwappedNames", "element",
          [](Targets& all) {
            const std::string first = all[0].of();
            all[0].set_of(all[1].of());
            all[1].set_of(first);
          }),
    Asked("AnotherScope", "element", [](Targets& all) { all[0].set_scope(v1::SCOPE_WHOLE); }),
};
INSTANTIATE_TEST_SUITE_P(Of, LieOfPreparation, testing::ValuesIn(kLies),
                         [](const auto& row) { return std::string(row.param.name); });

// Lies of the answer, in which size, digest and counts agree with what is sent.
struct ResultLie {
  const char* name;
  void (*tell)(LyingDaemon::Result&);
};

class LieOfResult : public LyingDaemonTest, public testing::WithParamInterface<ResultLie> {
 protected:
  void ExpectRefused(const Status& status) {
    EXPECT_EQ(ReasonOf(status), Reason::kOutputCheckFailed) << status;
    EXPECT_THAT(signed_, IsEmpty());
  }
};

TEST_P(LieOfResult, IsRefusedAndNotKept) {
  daemon_.result = GetParam().tell;
  ExpectRefused(Sign());
}

TEST_P(LieOfResult, IsRefusedWhenItIsFetchedLater) {
  daemon_.result = GetParam().tell;
  ExpectRefused(Sign());
  DeskRequest again = Request();
  again.may_be_completed = true;
  opened_ = 0;
  ExpectRefused(Sign(again));
  EXPECT_EQ(opened_, 0);
}

// Inserts at `at` and has every later edit follow.
void Insert(LyingDaemon::Result& it, size_t at, std::string_view text) {
  it.document.insert(at, text);
  for (v1::Edit& edit : it.edits) {
    if (static_cast<size_t>(edit.output_offset()) >= at) {
      edit.set_output_offset(edit.output_offset() + static_cast<int64_t>(text.size()));
    }
  }
}

const ResultLie kResultLies[] = {
    {"AnotherHeader", [](auto& it) { ReplaceOnce(it.document, "<CodCol V=\"", "<CodCol V=\"9"); }},
    {"AByteOfTheHeader",
     [](auto& it) {
       const size_t at = it.document.find("<CodCol V=\"") + 11;
       it.document[at] = it.document[at] == '1' ? '2' : '1';
     }},
    {"AnInsertionNotTold",
     [](auto& it) { Insert(it, it.document.find("<PES_DepenseAller"), "<!-- -->"); }},
    {"AnInsertionTold",
     [](auto& it) {
       const size_t at = it.document.find("<PES_DepenseAller");
       v1::Edit edit;
       edit.set_offset(static_cast<int64_t>(at));
       edit.set_output_offset(static_cast<int64_t>(at));
       edit.set_inserted_size(8);
       Insert(it, at, "<!-- -->");
       it.edits.insert(it.edits.begin(), edit);
     }},
    {"MoreAtTheEnd", [](auto& it) { it.document += "\n"; }},
    {"LessAtTheEnd", [](auto& it) { it.document.pop_back(); }},
    {"Nothing", [](auto& it) { it = {}; }},
    {"TheDocumentUnsigned",
     [](auto& it) {
       for (auto edit = it.edits.rbegin(); edit != it.edits.rend(); ++edit) {
         it.document.erase(static_cast<size_t>(edit->output_offset()),
                           static_cast<size_t>(edit->inserted_size()));
       }
       it.edits.clear();
     }},
    {"AnUnsignedPropertyInASignature",
     [](auto& it) {
       constexpr std::string_view kAdded = "<xad:UnsignedProperties/>";
       Insert(it, it.document.find("</xad:QualifyingProperties>"), kAdded);
       it.edits[0].set_inserted_size(it.edits[0].inserted_size() +
                                     static_cast<int64_t>(kAdded.size()));
     }},
    {"AByteOfAValue",
     [](auto& it) {
       const size_t at = it.document.find('>', it.document.find("<ds:SignatureValue")) + 5;
       it.document[at] = it.document[at] == 'A' ? 'B' : 'A';
     }},
    {"WrongOffset", [](auto& it) { it.edits[0].set_offset(it.edits[0].offset() - 1); }},
    {"NegativeSize", [](auto& it) { it.edits[0].set_inserted_size(-1); }},
    {"ImpossibleSize", [](auto& it) { it.edits[0].set_inserted_size(INT64_MAX); }},
    {"RemovedBytesThatWereNot", [](auto& it) { it.edits[0].set_removed("x"); }},
    {"OneEditLess", [](auto& it) { it.edits.pop_back(); }},
    {"OneElementLess", [](auto& it) { it.elements.pop_back(); }},
    {"AnotherElement", [](auto& it) { it.elements[1].set_of("BORDR9999"); }},
};
INSTANTIATE_TEST_SUITE_P(Of, LieOfResult, testing::ValuesIn(kResultLies),
                         [](const auto& row) { return std::string(row.param.name); });

TEST_F(LyingDaemonTest, ADocumentSignedByAnotherKeyUnderTheCardsCertificateIsNotEvenMade) {
  daemon_.own_key = stranger_.Key();
  EXPECT_EQ(ReasonOf(Sign()), Reason::kSignatureCheckFailed);
}

// A result of another signer under our idempotency key is nobody's consent.
TEST_F(LyingDaemonTest, AnEarlierResultOfAnotherSignerIsRefused) {
  DeskRequest theirs = Request();
  theirs.parameters.certificates = {stranger_.certificate()};
  theirs.unlock = [this]() -> StatusOr<signer::SignFunction> { return stranger_.Key(); };
  ASSERT_TRUE(Sign(theirs).ok());
  signed_.clear();
  DeskRequest request = Request();
  request.may_be_completed = true;
  EXPECT_EQ(ReasonOf(Sign(request)), Reason::kOutputCheckFailed);
  EXPECT_EQ(opened_, 0);
  EXPECT_THAT(signed_, IsEmpty());
}

TEST_F(LyingDaemonTest, AnEarlierResultIsFetchedAndTheCardNotAsked) {
  ASSERT_TRUE(Sign().ok());
  const std::string first = std::exchange(signed_, "");
  DeskRequest again = Request();
  again.may_be_completed = true;
  const Status status = Sign(again);
  EXPECT_TRUE(status.ok()) << status;
  EXPECT_EQ(signed_, first);
  EXPECT_EQ(opened_, 1);
  EXPECT_EQ(daemon_.prepared(), 1);
}

TEST_F(LyingDaemonTest, WhenTheAnswerIsLostTheResultIsFetchedInTheSameRun) {
  daemon_.loses_answer = true;
  const Status status = Sign();
  EXPECT_TRUE(status.ok()) << status;
  EXPECT_EQ(opened_, 1);
  EXPECT_EQ(daemon_.completed(), 1);
}

TEST_F(LyingDaemonTest, ValuesThatDidNotArriveAreSentAgainAndTheCardNotAskedTwice) {
  daemon_.breaks = 2;
  const Status status = Sign();
  EXPECT_TRUE(status.ok()) << status;
  EXPECT_EQ(daemon_.completed(), 3);
  EXPECT_EQ(opened_, 1);
}

TEST_F(LyingDaemonTest, APreparationWithoutEndIsGivenUpBeforeItFillsTheMemory) {
  daemon_.targets = [](Targets& all) {
    all.resize(20, all[0]);
    for (v1::PreparedTarget& it : all) it.set_signed_properties(std::string(4000000, 'x'));
  };
  EXPECT_EQ(ReasonOf(Sign()), Reason::kAnswerIncomplete);
  EXPECT_EQ(opened_, 0);
}

TEST_F(LyingDaemonTest, AServiceThatNeverAnswersIsGivenUp) {
  daemon_.breaks = 100;
  EXPECT_EQ(ReasonOf(Sign()), Reason::kServiceUnavailable);
  EXPECT_EQ(daemon_.completed(), 3);
}

TEST_F(LyingDaemonTest, ARefusalReachesTheServiceWithItsReasonAndNotTheCard) {
  DeskRequest request = Request();
  request.consent = [](const signer::Prepared&, std::string& reason) {
    reason = "pas mon bordereau";
    return Error(Reason::kRefusedByUser);
  };
  EXPECT_EQ(ReasonOf(Sign(request)), Reason::kRefusedByUser);
  EXPECT_EQ(daemon_.declined(), "pas mon bordereau");
  EXPECT_EQ(opened_, 0);
}

TEST_F(LyingDaemonTest, AWrongPinDeclinesNothing) {
  DeskRequest request = Request();
  request.unlock = []() -> StatusOr<signer::SignFunction> { return Error(Reason::kPinIncorrect); };
  EXPECT_EQ(ReasonOf(Sign(request)), Reason::kPinIncorrect);
  EXPECT_THAT(daemon_.declined(), IsEmpty());
  EXPECT_EQ(daemon_.completed(), 0);
}

// A file that is signed as it is.
class LyingAboutAFile : public LyingDaemonTest {
 protected:
  LyingAboutAFile() { document_ = "%PDF-1.7 an act"; }
  Status SignFile() {
    const auto task = signer::DetachedTask::Of(
        std::make_shared<const InputFile>(card_.AsFile(document_)), "acte.pdf");
    DeskRequest request = Request();
    request.parameters = card_.Parameters("detached");
    request.parameters.certificates = {card_.certificate()};
    request.detached = &*task;
    request.detached_name = "acte.pdf";
    return Sign(request);
  }
};

TEST_F(LyingAboutAFile, AnotherFileOrNameIsRefusedBeforeTheCardIsTouched) {
  daemon_.document = [](std::string& text) { text += "\n"; };
  EXPECT_THAT(DetailOf(SignFile()), HasSubstr("element_digest"));
  daemon_.document = nullptr;
  daemon_.name = [](std::string& name) { name = "autre.pdf"; };
  EXPECT_EQ(ReasonOf(SignFile()), Reason::kPreparationDiffers);
  EXPECT_EQ(opened_ + daemon_.completed(), 0);
}

TEST_F(LyingAboutAFile, TheTruthIsSignedAndAnotherResultIsNotReleased) {
  EXPECT_EQ(SignFile(), OkStatus());
  daemon_.result = [](LyingDaemon::Result& it) { it.document += "<!-- more -->"; };
  EXPECT_EQ(ReasonOf(SignFile()), Reason::kOutputCheckFailed);
}

}  // namespace
}  // namespace sceau::cli
