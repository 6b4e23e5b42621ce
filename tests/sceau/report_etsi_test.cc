// The report of ETSI TS 119 102-2: its structure, asked by XPath (libxml2).
#include "tools/sceau/report_etsi.h"

#include <gtest/gtest.h>
#include <libxml/parser.h>
#include <libxml/xpath.h>
#include <libxml/xpathInternals.h>

#include "base/c_handle.h"
#include "tests/sceau/report_example.h"

namespace sceau::cli {
namespace {

using DocumentHandle = CHandle<xmlDoc, xmlFreeDoc>;
using ContextHandle = CHandle<xmlXPathContext, xmlXPathFreeContext>;
using ObjectHandle = CHandle<xmlXPathObject, xmlXPathFreeObject>;

class EtsiXml {
 public:
  explicit EtsiXml(const std::vector<verifier::FileReport>& reports) {
    EtsiReport report(Lang::kEn, [this](std::string_view piece) { text_ += piece; });
    for (const auto& it : reports) report.File(it);
    report.Finish();
    document_.reset(xmlReadMemory(text_.data(), static_cast<int>(text_.size()), "", nullptr,
                                  XML_PARSE_NONET | XML_PARSE_NOERROR));
  }
  bool WellFormed() const { return document_ != nullptr; }
  // The string value of the expression.
  std::string Ask(const std::string& expression) const {
    const ContextHandle context(xmlXPathNewContext(document_.get()));
    const auto add = [&](const char* prefix, const char* uri) {
      xmlXPathRegisterNs(context.get(), reinterpret_cast<const xmlChar*>(prefix),
                         reinterpret_cast<const xmlChar*>(uri));
    };
    add("vr", "http://uri.etsi.org/19102/v1.4.1#");
    add("ds", "http://www.w3.org/2000/09/xmldsig#");
    const std::string asked = "string(" + expression + ")";
    const ObjectHandle found(
        xmlXPathEval(reinterpret_cast<const xmlChar*>(asked.c_str()), context.get()));
    if (found == nullptr || found->stringval == nullptr) return "wrong expression";
    return reinterpret_cast<const char*>(found->stringval);
  }

 private:
  std::string text_;
  DocumentHandle document_;
};

constexpr char kReport[] = "/vr:ValidationReport/vr:SignatureValidationReport";

TEST(ReportEtsi, HasThePartsOfTheStandardInItsOrder) {
  const EtsiXml xml({ExampleReport()});
  ASSERT_TRUE(xml.WellFormed());
  const std::vector<std::string> order = {
      "SignatureIdentifier",        "ValidationTimeInfo",       "SignersDocument",
      "SignatureAttributes",        "SignerInformation",        "SignatureQuality",
      "SignatureValidationProcess", "SignatureValidationStatus"};
  for (size_t i = 0; i < order.size(); ++i) {
    EXPECT_EQ(xml.Ask("local-name(" + std::string(kReport) + "/*[" + std::to_string(i + 1) + "])"),
              order[i]);
  }
  EXPECT_EQ(xml.Ask("count(" + std::string(kReport) + "/*)"), std::to_string(order.size()));
}

TEST(ReportEtsi, SaysIndicationReasonsAndClaims) {
  const EtsiXml xml({ExampleReport()});
  const std::string report = kReport;
  const std::string status = report + "/vr:SignatureValidationStatus";
  EXPECT_EQ(xml.Ask(status + "/vr:MainIndication"), "urn:etsi:019102:mainindication:indeterminate");
  EXPECT_EQ(xml.Ask(status + "/vr:SubIndication"),
            "urn:etsi:019102:subindication:NO_CERTIFICATE_CHAIN_FOUND");
  const std::string data =
      status + "/vr:AssociatedValidationReportData/vr:AdditionalValidationReportData/vr:ReportData";
  EXPECT_NE(xml.Ask(data + "[vr:Type='urn:sceau:reason:CHAIN_NOT_TRUSTED']/vr:Value"), "");
  EXPECT_EQ(xml.Ask(data + "[vr:Type='urn:sceau:covers']/vr:Value"),
            "/n:PES_Aller/PES_DepenseAller/Bordereau[1]");
  const std::string claims = report + "/vr:SignatureAttributes";
  EXPECT_EQ(xml.Ask(claims + "/vr:SigningTime[@Signed='true']/vr:Time"), "2018-07-04T15:19:45Z");
  EXPECT_EQ(xml.Ask(claims + "/vr:SignerRole/vr:RoleDetails/vr:EndorsementType"), "claimed");
  EXPECT_EQ(xml.Ask("count(" + claims + "/vr:SignatureProductionPlace/vr:AddressString)"), "2");
}

TEST(ReportEtsi, BestTimeIsTheProvenOneElseThatOfTheJudgement) {
  const std::string best =
      std::string(kReport) + "/vr:ValidationTimeInfo/vr:BestSignatureTime/vr:POETime";
  EXPECT_EQ(EtsiXml({ExampleReport()}).Ask(best), "2026-01-01T00:00:00Z");
  verifier::FileReport it = ExampleReport();
  verifier::SignatureReport signature = ExampleSignature();
  signature.best_time = absl::FromUnixSeconds(1530748800);
  it.signatures = {signature};
  EXPECT_EQ(EtsiXml({it}).Ask(best), "2018-07-05T00:00:00Z");
}

TEST(ReportEtsi, EveryReferenceLeadsToItsCertificateOnce) {
  const EtsiXml xml({ExampleReport(), ExampleReport()});
  const std::string object =
      "/vr:ValidationReport/vr:SignatureValidationObjects/vr:ValidationObject";
  EXPECT_EQ(xml.Ask("count(" + object + ")"), "1");
  EXPECT_EQ(xml.Ask("count(//vr:SignerCertificate[@VOReference=" + object + "/@id])"), "2");
  EXPECT_EQ(xml.Ask("string-length(" + object + "//ds:DigestValue)"), "44");
}

TEST(ReportEtsi, RefusedAndUnsignedFilesHaveTheirOwnIndication) {
  verifier::FileReport bare = ExampleReport();
  bare.verdict = verifier::Verdict::kNoSignature;
  bare.signatures = {};
  const EtsiXml xml({RefusedReport(), bare});
  ASSERT_TRUE(xml.WellFormed());
  EXPECT_EQ(xml.Ask(std::string(kReport) + "[1]//vr:MainIndication"),
            "urn:sceau:mainindication:refused");
  EXPECT_EQ(xml.Ask(std::string(kReport) + "[1]//vr:Type"), "urn:sceau:reason:DOCTYPE_REFUSED");
  EXPECT_EQ(xml.Ask(std::string(kReport) + "[2]//vr:MainIndication"),
            "urn:sceau:mainindication:no-signature");
}

TEST(ReportEtsi, WhatADocumentSaysIsTextAndNothingElse) {
  verifier::FileReport it = ExampleReport();
  verifier::SignatureReport signature = ExampleSignature();
  const std::string hostile = "</Role><x/>&\x01\xFF\"'";
  signature.claimed_role = signature.id = signature.city = signature.policy_id = hostile;
  signature.signer->subject = hostile;
  it.signatures = {signature};
  const EtsiXml xml({it});
  ASSERT_TRUE(xml.WellFormed());
  EXPECT_EQ(xml.Ask("count(//vr:x)"), "0");
  EXPECT_EQ(xml.Ask("//vr:Role"), "</Role><x/>&\xEF\xBF\xBD\xEF\xBF\xBD\"'");
}

}  // namespace
}  // namespace sceau::cli
