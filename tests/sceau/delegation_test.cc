// The real program keeps the register of competences: from nothing to acts that were verified.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/digest.h"
#include "base/json.h"
#include "base/strings.h"
#include "tests/sceau/run_command.h"
#include "tests/support/pdf_document.h"
#include "tests/support/pdf_signing.h"
#include "tests/support/soft_token.h"

namespace sceau::cli {
namespace {

using testing::HasSubstr;

constexpr const char* kPin = "73519264";

using Arguments = std::vector<std::string>;

class DelegationVerbs : public testing::Test {
 protected:
  void SetUp() override {
    mayor_ = NewSigner();
    other_ = NewSigner();
    certificate_ = folder_.Write("maire.pem", test::PemOf(mayor_.certificate));
    tokens_.AddToken("Maire", kPin);
    tokens_.ImportKey("Maire", mayor_.key.get());
    tokens_.ImportCertificate("Maire", mayor_.certificate, "\x01", "signature");
    pki_.WriteAuthorities(folder_.path());
    config_ = folder_.Write(
        "sceau.toml", Concat("modules = [\"", test::SoftTokens::ModulePath(),
                             "\"]\nregister = \"register.jsonl\"\ntrust = [\"root.pem\", \"issuing.pem\"]\n"));
    register_ = In(folder_, "register.jsonl");
    act_ = folder_.Write("act.txt", "Délégation à l'adjointe");
  }

  struct Signer {
    EvpPkeyHandle key;
    std::string certificate;  // DER
  };
  Signer NewSigner() const {
    Signer signer{test::NewRsaKey(), {}};
    signer.certificate = pki_.Issue(signer.key.get());
    return signer;
  }

  Ended Run(Arguments arguments) {
    arguments.insert(arguments.end(), {"--config", config_});
    return RunSceau(folder_, arguments);
  }
  Ended Delegation(Arguments arguments) {
    arguments.insert(arguments.begin(), "delegation");
    return Run(std::move(arguments));
  }
  Json Ask(Arguments arguments) {
    arguments.emplace_back("--json");
    const Ended ended = Delegation(std::move(arguments));
    EXPECT_EQ(ended.code, 0) << ended.err;
    const Json json = Json::parse(ended.out, nullptr, false);
    EXPECT_TRUE(json.is_object()) << ended.out;
    return json;
  }
  void Add(const std::string& type, Arguments more) {
    Arguments arguments = {"add", "--type", type};
    arguments.insert(arguments.end(), more.begin(), more.end());
    Ask(arguments);
  }

  // Everything before the first delegation.
  void Found(const std::string& rule = "acts_travel=false") {
    Add("collectivite", {"id=commune", "name=Commune", "time_zone=Pacific/Noumea", rule});
    Add("budget", {"id=principal", "collectivite=commune", "siret=21980001200012", "cod_col=101",
                   "cod_bud=00"});
    Add("person", {"id=p-maire", "name=Personne A"});
    Add("person", {"id=p-adjointe", "name=Personne B"});
    Add("certificate",
        {"person=p-maire", "destinations=accountant", "--certificate", certificate_});
    Add("office", {"id=maire", "collectivite=commune", "title=maire",
                   "by_delegation=par délégation du maire", "ordonnateur=true"});
    Add("mandate", {"office=maire", "person=p-maire", "valid_from=2026-01-01"});
  }
  static Arguments Given(const Arguments& more, const std::string& id = "d1") {
    Arguments all = {"add",
                     Concat("id=", id),
                     "reference=arrêté n° 2026-12",
                     "signed_at=2026-03-01",
                     "published_at=2026-03-02",
                     "transmitted_at=2026-03-03",
                     "delegator_office=maire",
                     "delegate=p-adjointe",
                     "matters=depense",
                     "matters=recette",
                     "powers=service-fait",
                     "piece_ceiling=500000"};
    all.insert(all.end(), more.begin(), more.end());
    return all;
  }
  test::SignedPdf Pdf(const Signer& signer) const {
    test::SignedPdf pdf(test::kTextPage);
    pdf.Sign({.certificate = signer.certificate, .key = signer.key.get(),
              .chain = {pki_.issuing()}});
    return pdf;
  }
  std::string SignedAct(const Signer& signer) {
    return folder_.Write("act.pdf", Pdf(signer).bytes());
  }
  // The mayor's signature of the act, beside it.
  std::string SignatureBeside() {
    std::string out = In(folder_, "act.xades");
    const Ended ended =
        Run({"sign", act_, "-o", out, "--detached", "--key", "pkcs11:token=Maire", "--pin-source",
             tokens_.PinFile("Maire"), "--profile", "detached", "--role", "Maire", "--city", "V",
             "--postal-code", "98800", "--country", "NC"});
    EXPECT_EQ(ended.code, 0) << ended.err;
    return out;
  }
  std::string Sha256(const std::string& path) const {
    return ToHex(DigestOf(DigestAlgorithm::kSha256, ReadFile(path)));
  }

  TemporaryFolder folder_;
  test::SoftTokens tokens_;
  test::TestPki pki_;
  Signer mayor_, other_;
  std::string certificate_, config_, register_, act_;
};

TEST_F(DelegationVerbs, ARegisterIsBuiltFromNothingAndShown) {
  Found();
  const Json added = Ask(Given({}))["added"];
  EXPECT_EQ(added["id"], "d1");
  EXPECT_EQ(added["signed_at"], "2026-02-28T13:00:00Z");  // midnight in Nouméa
  EXPECT_EQ(added["matters"], Json({"depense", "recette"}));
  EXPECT_EQ(added["piece_ceiling"], 500000);
  EXPECT_EQ(added["act_verified"], false);
  const Json all = Ask({"list"});
  EXPECT_EQ(all["records"].size(), 8u);
  const Json one = Ask({"list", "--type", "delegation"})["records"];
  ASSERT_EQ(one.size(), 1u);
  EXPECT_EQ(one[0]["standing"], "HOLDS");
  const Ended text = Delegation({"show", "d1"});
  EXPECT_THAT(text.out, HasSubstr("acte non vérifié"));
  EXPECT_THAT(text.out, HasSubstr("arrêté n° 2026-12"));
  EXPECT_EQ(Delegation({"list", "--lang", "en"}).code, 0);
}

TEST_F(DelegationVerbs, ARevocationIsARecordAndErasesNothing) {
  Found();
  Ask(Given({}));
  const std::string before = ReadFile(register_);
  EXPECT_EQ(Delegation({"revoke", "nobody"}).code, 64);
  EXPECT_EQ(ReadFile(register_), before);
  Ask({"revoke", "d1", "--reference", "arrêté n° 2026-31", "--from", "2026-06-01"});
  EXPECT_EQ(ReadFile(register_).substr(0, before.size()), before);
  const auto standing = [&](Arguments more) {
    more.insert(more.begin(), {"show", "d1"});
    return Ask(more)["standing"];
  };
  EXPECT_EQ(standing({"--at", "2026-05-31T12:59:59Z"}), "HOLDS");
  EXPECT_EQ(standing({"--at", "2026-05-31T13:00:00Z"}), "REVOKED");  // 1 June in Nouméa
  EXPECT_EQ(standing({"--at", "2026-07-01T00:00:00Z", "--known-at", "2026-07-01T00:00:00Z"}),
            "UNKNOWN");
  EXPECT_EQ(Ask({"show", "d1"})["revokedBy"].size(), 1u);
}

TEST_F(DelegationVerbs, WhatIsWrongIsRefusedAndNotWritten) {
  Found();
  const std::string before = ReadFile(register_);
  struct Case {
    Arguments more;
    int code;
    const char* reason;
  };
  const Case cases[] = {{{"colour=blue"}, 64, "USAGE"},
                        {{"act_verified=true"}, 64, "USAGE"},
                        {{"reference=again"}, 64, "USAGE"},
                        {{"bordereau_ceiling=many"}, 64, "USAGE"},
                        {{"delegate_office=nowhere"}, 65, "DELEGATION_INVALID"},
                        {{"valid_until=yesterday"}, 65, "DELEGATION_INVALID"},
                        {{"--strict"}, 77, "DELEGATION_ACT_UNVERIFIED"},
                        {{"--act", "absent.pdf"}, 65, "INPUT_UNREADABLE"}};
  for (const Case& it : cases) {
    Arguments arguments = Given(it.more);
    arguments.emplace_back("--json");
    const Ended ended = Delegation(arguments);
    EXPECT_EQ(ended.code, it.code) << it.more[0] << ended.err;
    EXPECT_EQ(Json::parse(ended.out)["error"]["reason"], it.reason);
  }
  EXPECT_EQ(ReadFile(register_), before);
  Ask(Given({}));
  EXPECT_EQ(Delegation(Given({})).code, 65);  // the id is taken
}

TEST_F(DelegationVerbs, NobodysWordMakesAnActVerified) {
  Found();
  const std::string record = folder_.Write(
      "d.json",
      R"({"id":"d2","reference":"r","signed_at":"2026-03-01","delegator_office":"maire",)"
      R"("delegate":"p-adjointe","matters":["depense"],"act_sha256":"00","act_verified":true})");
  EXPECT_EQ(Ask({"add", "--record", record})["added"]["act_verified"], false);
}

TEST_F(DelegationVerbs, AnActIsVerifiedWhenTheDelegatorSignedIt) {
  Found();
  const std::string mayors = SignedAct(mayor_);
  const Json good = Ask(Given({"--act", mayors, "--strict"}));
  EXPECT_EQ(good["act"]["state"], "VERIFIED");
  EXPECT_EQ(good["added"]["act_verified"], true);
  EXPECT_EQ(good["added"]["act_sha256"], Sha256(mayors));
  const auto state = [&](const std::string& id, const Arguments& more) {
    const Json json = Ask(Given(more, id));
    EXPECT_EQ(json["added"]["act_verified"], json["act"]["state"] == "VERIFIED");
    return json["act"]["state"].get<std::string>();
  };
  EXPECT_EQ(state("d3", {"--act", act_}), "UNSIGNED");
  const TemporaryFolder elsewhere;
  test::TestPki().WriteAuthorities(elsewhere.path());
  EXPECT_EQ(state("d4", {"--act", mayors, "--trust", In(elsewhere, "root.pem")}), "NOT_VALID");
  std::string text = ReadFile(mayors);
  text.replace(text.find("Facture"), 7, "Factura");
  EXPECT_EQ(state("d5", {"--act", folder_.Write("changed.pdf", text)}), "NOT_VALID");
  test::SignedPdf longer = Pdf(mayor_);
  longer.Update(test::SignedPdf::kPageContent, "<< /Length 0 >>\nstream\n\nendstream");
  EXPECT_EQ(state("d6", {"--act", folder_.Write("longer.pdf", longer.bytes())}), "PARTIAL");
  const std::string others = SignedAct(other_);
  EXPECT_EQ(state("d2", {"--act", others}), "OTHER_SIGNER");
  EXPECT_EQ(Delegation(Given({"--act", others, "--strict"}, "d7")).code, 77);
}

TEST_F(DelegationVerbs, AnActBesideItsSignatureIsTheOneThatWasSigned) {
  Found();
  const std::string beside = SignatureBeside(), whole = SignedAct(mayor_);
  const auto state = [&](const std::string& id, const std::string& act, const std::string& by) {
    return Ask(Given({"--act", act, "--act-signature", by}, id))["act"]["state"];
  };
  EXPECT_EQ(state("d1", act_, beside), "VERIFIED");
  const std::string other = folder_.Write("act2.txt", "Délégation à un autre");
  EXPECT_EQ(state("d2", other, beside), "NOT_VALID");
  // A signature of something else, however good, is none of the act.
  EXPECT_EQ(state("d3", other, whole), "PARTIAL");
}

TEST_F(DelegationVerbs, WhoHeldTheOfficeLaterDidNotDelegate) {
  Found();
  Arguments given = Given({"--act", SignedAct(mayor_)});
  given[3] = "signed_at=2025-12-31";  // the mandate begins the day after
  EXPECT_EQ(Ask(given)["act"]["state"], "OTHER_SIGNER");
}

TEST_F(DelegationVerbs, ACollectiviteThatDemandsVerifiedActsIsStrict) {
  Found("acts_verified=true");
  EXPECT_EQ(Delegation(Given({"--act", act_})).code, 77);
  EXPECT_EQ(Delegation(Given({"--act", SignedAct(mayor_)})).code, 0);
}

TEST_F(DelegationVerbs, AnExportComesBackButNotItsWordOfVerifiedActs) {
  Found();
  const std::string acts = In(folder_, "acts");
  std::filesystem::create_directory(acts);
  std::filesystem::rename(SignedAct(mayor_), acts + "/act.pdf");
  Ask(Given({"--act", acts + "/act.pdf"}));
  const std::string out = In(folder_, "export.jsonl");
  EXPECT_EQ(Ask({"export", "-o", out})["exported"], 8);
  EXPECT_EQ(Delegation({"export"}).out, ReadFile(out));
  EXPECT_EQ(Delegation({"export", "-o", out}).code, 73);
  EXPECT_EQ(ReadFile(out), ReadFile(register_));

  const std::string plain = In(folder_, "plain.jsonl"), kept = In(folder_, "kept.jsonl");
  const Json without = Ask({"import", out, "--register", plain});
  EXPECT_EQ(without, Json({{"imported", 8}, {"delegations", 1}, {"actsVerified", 0}}));
  EXPECT_EQ(Ask({"show", "d1", "--register", plain})["record"]["act_verified"], false);
  EXPECT_NE(ReadFile(plain), ReadFile(out));

  const Json with = Ask({"import", out, "--register", kept, "--acts", acts, "--keep-recorded"});
  EXPECT_EQ(with["actsVerified"], 1);
  EXPECT_EQ(ReadFile(kept), ReadFile(out));
}

TEST_F(DelegationVerbs, AStrictImportRefusesWhatTheDelegatorDidNotSign) {
  Found();
  const std::string acts = folder_.path() + "/strict";
  std::filesystem::create_directory(acts);
  std::filesystem::copy(act_, acts + "/act");
  Ask(Given({"--act", act_, "--act-signature", SignatureBeside()}));
  const std::string out = In(folder_, "extract.jsonl"), into = In(folder_, "strict.jsonl");
  ASSERT_EQ(Delegation({"export", "-o", out}).code, 0);
  const Arguments import = {"import", out, "--register", into, "--acts", acts, "--strict"};
  const Ended refused = Delegation(import);
  EXPECT_EQ(refused.code, 77);
  EXPECT_THAT(refused.out + refused.err, testing::HasSubstr("d1: UNSIGNED"));
  EXPECT_FALSE(std::filesystem::exists(into));
  // Its signature beside it, by the act's name.
  std::filesystem::copy(In(folder_, "act.xades"), acts + "/act.xml");
  EXPECT_EQ(Ask(import)["actsVerified"], 1);
}

TEST_F(DelegationVerbs, AnImportIsAllOrNothingAndRewritesNoPast) {
  Found();
  const std::string before = ReadFile(register_);
  const std::string person =
      R"({"version":1,"type":"person","id":"p3","recorded_at":"2020-01-01T00:00:00Z","name":"C"})";
  const auto import = [&](const std::string& text, Arguments more = {}) {
    more.insert(more.begin(), {"import", folder_.Write("in.jsonl", text)});
    return Delegation(more).code;
  };
  EXPECT_EQ(import(person + "\n{}\n"), 65);
  EXPECT_EQ(import(person + "\n" + person + "\n"), 65);
  EXPECT_EQ(import(person + "\n", {"--keep-recorded"}), 73);
  EXPECT_EQ(ReadFile(register_), before);
  EXPECT_EQ(import(person + "\n"), 0);
  EXPECT_EQ(Ask({"show", "p3", "--known-at", "2021-01-01T00:00:00Z"})["standing"], "UNKNOWN");
}

}  // namespace
}  // namespace sceau::cli
