// P-36 to P-38: what CRLs and OCSP responders say of the signer, and what they fail to say, each
// with its own verdict. The responder is that of the openssl program, over loopback HTTP.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/bytes.h"
#include "base/strings.h"
#include "tests/support/loopback_server.h"
#include "tests/support/test_revocation.h"
#include "tests/verifier/forgery.h"

namespace sceau::test {
namespace {

using testing::Contains;
using testing::Not;
using verifier::Indication;
using verifier::RevocationData;
using verifier::RevocationNetwork;
using verifier::Verdict;

LeafOptions LeafAt(const LoopbackServer& server) {
  LeafOptions leaf;
  leaf.authority_info_access = "OCSP;URI:" + server.Url("/ocsp");
  leaf.crl_distribution_points = "URI:" + server.Url("/crl");
  return leaf;
}

class Revocation : public testing::Test {
 protected:
  Revocation()
      : signing_(LeafAt(server_)),
        responder_(signing_.pki().issuing(), signing_.pki().issuing_key()) {
    auto parameters = signing_.Parameters();
    document_ = *signing_.Sign(Generate(SmallSpec()), parameters);
    server_.Answer([this](const std::string& path, const std::string& body) {
      return path == "/ocsp" ? ocsp_(body) : crl_(body);
    });
  }

  using Answerer = std::function<std::optional<HttpAnswer>(const std::string&)>;
  static Answerer Fixed(int status, const std::string& body) {
    return [=](const std::string&) { return HttpAnswer{status, body, ""}; };
  }
  Answerer Responder() {
    return [this](const std::string& request) {
      return HttpAnswer{200, responder_.Respond(request), ""};
    };
  }

  std::string Crl(const CrlOptions& options) const {
    return MakeCrl(signing_.pki().issuing(), signing_.pki().issuing_key(), options);
  }
  CrlOptions Current() const {
    CrlOptions options;
    options.this_update = now_ - absl::Hours(1);
    options.next_update = now_ + absl::Hours(24);
    return options;
  }

  // The issuing authority is the anchor: only the signer's own certificate is asked about.
  verifier::FileReport Judge(const verifier::RevocationSources& sources, absl::Time at) const {
    verifier::VerifyOptions options;
    options.validation_time = at;
    options.trust = *verifier::TrustAnchors::Load({signing_.folder().path() + "/issuing.pem"});
    options.revocation = sources;
    return verifier::Verify(signing_.AsFile(document_), "test", options);
  }
  verifier::FileReport Judge(const verifier::RevocationSources& sources) const {
    return Judge(sources, now_);
  }
  static verifier::RevocationSources Given(const std::vector<std::string>& crls) {
    auto data = std::make_shared<RevocationData>();
    for (const std::string& der : crls) EXPECT_TRUE(data->AddCrl(der));
    return {data, nullptr};
  }
  static verifier::RevocationSources Network(const std::string& cache = "") {
    verifier::RevocationNetworkOptions options;
    options.cache_folder = cache;
    options.limits.deadline = absl::Milliseconds(1500);
    options.limits.max_size = 1 << 20;
    return {nullptr, std::make_shared<RevocationNetwork>(options)};
  }

  static void ExpectGood(const verifier::FileReport& report) {
    ASSERT_EQ(report.signatures.size(), 1u);
    EXPECT_EQ(report.verdict, Verdict::kTotalPassed)
        << testing::PrintToString(Codes(report.signatures[0]));
    EXPECT_THAT(Codes(report.signatures[0]), Not(Contains("REVOCATION_NOT_CHECKED")));
  }
  static void ExpectNot(const verifier::FileReport& report, const std::string& code,
                        const std::string& sub_indication) {
    ASSERT_EQ(report.signatures.size(), 1u);
    const auto signature = report.signatures[0];
    EXPECT_EQ(signature.integrity, verifier::Integrity::kIntact);
    EXPECT_EQ(signature.indication, Indication::kIndeterminate);
    EXPECT_EQ(signature.sub_indication, sub_indication)
        << testing::PrintToString(signature.reasons.empty() ? "" : signature.reasons[0].detail);
    EXPECT_THAT(Codes(signature), Contains(code));
  }

  const absl::Time now_ = absl::FromUnixSeconds(absl::ToUnixSeconds(absl::Now()));
  LoopbackServer server_;
  Signing signing_;
  OcspResponder responder_;
  std::string document_;
  Answerer ocsp_ = Fixed(404, ""), crl_ = Fixed(404, "");
};

TEST_F(Revocation, WithoutAnySourceTheReportSaysSo) {
  const auto report = Judge({});
  EXPECT_EQ(report.verdict, Verdict::kTotalPassed);
  EXPECT_THAT(Codes(report.signatures[0]), Contains("REVOCATION_NOT_CHECKED"));
  EXPECT_EQ(server_.requests(), 0);
}

TEST_F(Revocation, P37_CrlGoodAndNothingAsked) {
  ExpectGood(Judge(Given({Crl(Current())})));
  EXPECT_EQ(server_.requests(), 0);
}

TEST_F(Revocation, P36_CrlRevokedBeforeOrAfterTheClaimedTime) {
  for (const absl::Time at : {kSigningTime - absl::Hours(1), now_ - absl::Hours(24)}) {
    CrlOptions options = Current();
    options.revoked = {{signing_.certificate(), at, 1}};
    ExpectNot(Judge(Given({Crl(options)})), "CERTIFICATE_REVOKED", "REVOKED_NO_POE");
  }
}

TEST_F(Revocation, CrlOnHoldMayBeLifted) {
  CrlOptions options = Current();
  options.revoked = {{signing_.certificate(), now_ - absl::Hours(24), 6}};
  ExpectNot(Judge(Given({Crl(options)})), "CERTIFICATE_ON_HOLD", "TRY_LATER");
}

TEST_F(Revocation, P37_CrlOfAnotherAuthorityIsNone) {
  const TestPki other;
  ExpectNot(Judge(Given({MakeCrl(other.root(), other.root_key(), Current())})),
            "REVOCATION_DATA_MISSING", "TRY_LATER");
}

TEST_F(Revocation, P37_CrlOutdatedNotYetValidWronglySigned) {
  CrlOptions old = Current();
  old.this_update = now_ - absl::Hours(48);
  old.next_update = now_ - absl::Hours(24);
  ExpectNot(Judge(Given({Crl(old)})), "CRL_OUTDATED", "TRY_LATER");
  CrlOptions early = Current();
  early.this_update = now_ + absl::Hours(24);
  early.next_update = now_ + absl::Hours(48);
  ExpectNot(Judge(Given({Crl(early)})), "CRL_NOT_YET_VALID", "REVOCATION_OUT_OF_BOUNDS_NO_POE");
  const EvpPkeyHandle other = NewEcKey();
  ExpectNot(Judge(Given({MakeCrl(signing_.pki().issuing(), other.get(), Current())})),
            "CRL_NOT_TRUSTED", "CERTIFICATE_CHAIN_GENERAL_FAILURE");
  CrlOptions weak = Current();
  weak.digest = EVP_sha1();
  ExpectNot(Judge(Given({Crl(weak)})), "CRL_NOT_TRUSTED", "CERTIFICATE_CHAIN_GENERAL_FAILURE");
  // An old or forged list beside a good one does no harm.
  ExpectGood(Judge(Given({Crl(old), Crl(Current())})));
}

TEST_F(Revocation, CrlOfTheAuthoritysAuthorityIsNeededWhereTheRootIsTheAnchor) {
  const auto judge = [&](const std::vector<std::string>& crls) {
    verifier::VerifyOptions options;
    options.validation_time = now_;
    options.trust = *verifier::TrustAnchors::Load({signing_.folder().path() + "/root.pem"});
    options.revocation = Given(crls);
    return verifier::Verify(signing_.AsFile(document_), "test", options);
  };
  const auto& pki = signing_.pki();
  ExpectNot(judge({Crl(Current())}), "REVOCATION_DATA_MISSING", "TRY_LATER");
  CrlOptions options = Current();
  ExpectGood(judge({Crl(Current()), MakeCrl(pki.root(), pki.root_key(), options)}));
  options.revoked = {{pki.issuing(), now_ - absl::Hours(24), 2}};
  ExpectNot(judge({Crl(Current()), MakeCrl(pki.root(), pki.root_key(), options)}),
            "AUTHORITY_REVOKED", "REVOKED_CA_NO_POE");
}

TEST_F(Revocation, CrlFromTheNetworkAndFromTheCache) {
  const TemporaryFolder cache;
  crl_ = Fixed(200, Crl(Current()));
  const auto sources = Network(cache.path());
  ExpectGood(Judge(sources));
  const int asked = server_.requests();
  EXPECT_EQ(asked, 2);  // the responder, which answers 404, and the list
  crl_ = Fixed(500, "");
  ExpectGood(Judge(sources));
  EXPECT_EQ(server_.requests(), asked + 1);  // the list was kept
  // Once it is outdated it is asked for again.
  ExpectNot(Judge(sources, now_ + absl::Hours(48)), "REVOCATION_UNREACHABLE", "TRY_LATER");
}

TEST_F(Revocation, ForgedListDoesNotStayInTheCache) {
  const TemporaryFolder cache;
  const auto sources = Network(cache.path());
  const EvpPkeyHandle forger = NewEcKey();
  crl_ = Fixed(200, MakeCrl(signing_.pki().issuing(), forger.get(), Current()));
  ExpectNot(Judge(sources), "CRL_NOT_TRUSTED", "CERTIFICATE_CHAIN_GENERAL_FAILURE");
  crl_ = Fixed(200, Crl(Current()));
  ExpectGood(Judge(sources));
}

TEST_F(Revocation, P38_OcspGood) {
  responder_.AddGood(signing_.certificate());
  ocsp_ = Responder();
  ExpectGood(Judge(Network(), absl::Now()));
  EXPECT_EQ(server_.requests(), 1);  // the list is not needed
}

TEST_F(Revocation, P38_OcspRevokedBeforeAndAfterSigning) {
  ocsp_ = Responder();
  for (const absl::Time at : {kSigningTime - absl::Hours(1), now_ - absl::Hours(24)}) {
    responder_.Forget();
    responder_.AddRevoked(signing_.certificate(), at, "keyCompromise");
    ExpectNot(Judge(Network(), absl::Now()), "CERTIFICATE_REVOKED", "REVOKED_NO_POE");
  }
}

TEST_F(Revocation, P38_OcspUnknown) {
  ocsp_ = Responder();
  ExpectNot(Judge(Network(), absl::Now()), "OCSP_STATUS_UNKNOWN", "TRY_LATER");
  // The list is asked then.
  crl_ = Fixed(200, Crl(Current()));
  ExpectGood(Judge(Network(), absl::Now()));
}

TEST_F(Revocation, P38_OcspStale) {
  responder_.AddGood(signing_.certificate());
  ocsp_ = Responder();  // for a day from now
  ExpectNot(Judge(Network(), absl::Now() + absl::Hours(48)), "OCSP_OUTDATED", "TRY_LATER");
  ExpectNot(Judge(Network(), absl::Now() - absl::Hours(48)), "OCSP_NOT_YET_VALID",
            "REVOCATION_OUT_OF_BOUNDS_NO_POE");
}

// What is at hand is no answer of the network: when the responder is down the lists are asked.
TEST_F(Revocation, P38_OcspAtHandIsNotTheRespondersAnswer) {
  OcspOptions options;
  options.produced_at = options.this_update = now_ - absl::Hours(2);
  options.next_update = now_ + absl::Hours(24);
  auto data = std::make_shared<RevocationData>();
  ASSERT_TRUE(data->AddOcspResponse(
      MakeOcspResponse(signing_.certificate(), signing_.pki().issuing(), signing_.pki().issuing(),
                       signing_.pki().issuing_key(), options)));
  auto sources = Network();
  sources.given = data;
  ExpectGood(Judge(sources));
  CrlOptions crl = Current();
  crl.revoked = {{signing_.certificate(), now_ - absl::Hours(2), 1}};
  crl_ = Fixed(200, Crl(crl));
  ExpectNot(Judge(sources), "CERTIFICATE_REVOKED", "REVOKED_NO_POE");
}

TEST_F(Revocation, P38_OcspDelegatedResponder) {
  responder_.AddGood(signing_.certificate());
  ocsp_ = Responder();
  const EvpPkeyHandle key = NewEcKey();
  LeafOptions options;
  options.common_name = "Répondeur OCSP d'essai";
  options.key_usage = "critical,digitalSignature";
  options.extended_key_usage = "OCSPSigning";
  options.ocsp_no_check = true;
  responder_.SetSigner(signing_.pki().Issue(key.get(), options), key.get());
  ExpectGood(Judge(Network(), absl::Now()));
  // One whose own revocation could be asked, and nobody answers.
  options.ocsp_no_check = false;
  options.crl_distribution_points = "URI:" + server_.Url("/crl");
  responder_.SetSigner(signing_.pki().Issue(key.get(), options), key.get());
  ExpectNot(Judge(Network(), absl::Now()), "OCSP_NOT_TRUSTED", "CERTIFICATE_CHAIN_GENERAL_FAILURE");
}

TEST_F(Revocation, P38_OcspWrongSigner) {
  responder_.AddGood(signing_.certificate());
  ocsp_ = Responder();
  const EvpPkeyHandle key = NewEcKey();
  LeafOptions options;
  options.key_usage = "critical,digitalSignature";
  // Of the same authority, but not for OCSP; then for OCSP, but of another authority.
  responder_.SetSigner(signing_.pki().Issue(key.get(), options), key.get());
  ExpectNot(Judge(Network(), absl::Now()), "OCSP_NOT_TRUSTED", "CERTIFICATE_CHAIN_GENERAL_FAILURE");
  options.extended_key_usage = "OCSPSigning";
  const TestPki other;
  responder_.SetSigner(other.Issue(key.get(), options), key.get());
  ExpectNot(Judge(Network(), absl::Now()), "OCSP_NOT_TRUSTED", "CERTIFICATE_CHAIN_GENERAL_FAILURE");
}

TEST_F(Revocation, P38_OcspAnswerToAnEarlierQuestion) {
  responder_.AddGood(signing_.certificate());
  std::string first;
  ocsp_ = [&](const std::string& request) {
    if (first.empty()) first = responder_.Respond(request);
    return HttpAnswer{200, first, ""};
  };
  ExpectGood(Judge(Network(), absl::Now()));
  ExpectNot(Judge(Network(), absl::Now()), "OCSP_NOT_TRUSTED", "CERTIFICATE_CHAIN_GENERAL_FAILURE");
}

TEST_F(Revocation, P38_OcspAboutAnotherCertificate) {
  const EvpPkeyHandle key = NewEcKey();
  const std::string other = signing_.pki().Issue(key.get());
  responder_.AddGood(other);
  const auto parse = [](const std::string& der) {
    const auto* at = reinterpret_cast<const unsigned char*>(der.data());
    return X509Handle(d2i_X509(nullptr, &at, static_cast<long>(der.size())));
  };
  const auto request =
      verifier::MakeOcspRequest(parse(other).get(), parse(signing_.pki().issuing()).get());
  const std::string asked = DerWith(request.get(), i2d_OCSP_REQUEST);
  ocsp_ = Fixed(200, responder_.Respond(asked));
  ExpectNot(Judge(Network(), absl::Now()), "REVOCATION_UNREACHABLE", "TRY_LATER");
}

TEST_F(Revocation, NetworkAbsentSlowTooLargeOrSendingElsewhere) {
  const auto redirect = [](const std::string& to) {
    return [to](const std::string&) { return HttpAnswer{302, "", to}; };
  };
  const auto unreachable = [&] {
    ExpectNot(Judge(Network()), "REVOCATION_UNREACHABLE", "TRY_LATER");
  };
  ocsp_ = crl_ = Fixed(200, "no DER");
  ExpectNot(Judge(Network()), "OCSP_NOT_USABLE", "CERTIFICATE_CHAIN_GENERAL_FAILURE");
  ocsp_ = crl_ = Fixed(503, "");
  unreachable();
  ocsp_ = crl_ = Fixed(200, std::string(2 << 20, 'x'));
  unreachable();
  const std::string file = signing_.folder().Write("list.crl", Crl(Current()));
  ocsp_ = crl_ = redirect("file://" + file);
  unreachable();
  ocsp_ = redirect("ftp://127.0.0.1/list");
  unreachable();
  // A redirect that stays within HTTP is followed, a few times.
  crl_ = redirect(server_.Url("/crl"));
  unreachable();
  ocsp_ = crl_ = [](const std::string&) { return std::optional<HttpAnswer>(); };
  unreachable();
  server_.Stop();
  unreachable();
}

TEST_F(Revocation, BundleOfListsWithABadBlockIsNotReadInPart) {
  const auto pem = [&](const std::string& der) {
    return Concat("-----BEGIN X509 CRL-----\n", ToBase64(der), "\n-----END X509 CRL-----\n");
  };
  const std::string good = pem(Crl(Current()));
  std::string bad = good;
  bad[good.find('\n') + 5] = '!';
  const TemporaryFolder folder;
  const auto load = [&](const std::string& content) {
    return RevocationData::Load({folder.Write("bundle.pem", content)});
  };
  const auto both = load(good + "text\n" + good);
  ASSERT_TRUE(both.ok()) << both.status();
  EXPECT_EQ((*both)->crls().size(), 2u);
  for (const std::string& content : {good + bad, bad + good, good + bad + good}) {
    EXPECT_EQ(ReasonOf(load(content).status()), Reason::kRevocationUnreadable);
  }
}

TEST_F(Revocation, FolderOfLists) {
  const TemporaryFolder folder;
  folder.Write("a.crl", Crl(Current()));
  folder.Write("readme.txt", "lists");
  const auto data = RevocationData::Load({folder.path()});
  ASSERT_TRUE(data.ok()) << data.status();
  EXPECT_EQ((*data)->crls().size(), 1u);
  ExpectGood(Judge({*data, nullptr}));
  const TemporaryFolder empty;
  EXPECT_EQ(ReasonOf(RevocationData::Load({empty.path()}).status()), Reason::kRevocationUnreadable);
  EXPECT_EQ(ReasonOf(RevocationData::Load({folder.path() + "/none"}).status()),
            Reason::kRevocationUnreadable);
}

}  // namespace
}  // namespace sceau::test
