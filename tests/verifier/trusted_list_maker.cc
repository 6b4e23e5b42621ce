#include "tests/verifier/trusted_list_maker.h"

#include "base/bytes.h"
#include "base/strings.h"
#include "tests/support/require.h"
#include "tests/verifier/forgery.h"
#include "xades/builder.h"

namespace sceau::test {
namespace {

constexpr std::string_view kService = "http://uri.etsi.org/TrstSvc/";
constexpr std::string_view kList = "http://uri.etsi.org/TrstSvc/TrustedList/";

std::string Element(std::string_view name, std::string_view content) {
  return Concat("<", name, ">", content, "</", name, ">");
}

std::string Uri(std::string_view uri) { return Concat("<URI xml:lang=\"en\">", uri, "</URI>"); }
std::string Name(std::string_view name) {
  return Concat("<Name xml:lang=\"en\">", name, "</Name>");
}

std::string Identities(std::string_view name, const std::vector<std::string>& certificates) {
  std::string ids;
  for (const std::string& der : certificates) {
    ids += Element("DigitalId", Element("X509Certificate", ToBase64(der)));
  }
  return Element(name, ids);
}

std::string PointerText(const PlannedPointer& it) {
  const auto about = [](std::string_view name, std::string_view value) {
    return Element("OtherInformation", Element(name, value));
  };
  return Element(
      "OtherTSLPointer",
      Concat(
          Element("ServiceDigitalIdentities", Identities("ServiceDigitalIdentity", it.signers)),
          Element("TSLLocation", it.location),
          Element("AdditionalInformation",
                  Concat(about("TSLType", Concat(kList, "TSLType/", it.type)),
                         about("SchemeTerritory", it.territory), "<OtherInformation><a:MimeType>",
                         it.mime_type, "</a:MimeType></OtherInformation>"))));
}

std::string PeriodText(const PlannedService& service, const PlannedPeriod& it) {
  std::string extensions;
  for (const std::string& information : it.additional) {
    AppendTo(
        extensions, "<Extension Critical=\"true\">",
        Element("AdditionalServiceInformation", Uri(Concat(kList, "SvcInfoExt/", information))),
        "</Extension>");
  }
  return Concat(Element("ServiceTypeIdentifier", Concat(kService, "Svctype/", service.type)),
                Element("ServiceName", Name("AC d'essai")),
                Identities("ServiceDigitalIdentity", service.certificates),
                Element("ServiceStatus", Concat(kList, "Svcstatus/", it.status)),
                Element("StatusStartingTime", it.starting),
                Element("ServiceInformationExtensions", extensions + it.extensions));
}

std::string ServiceText(const PlannedService& service) {
  std::string history;
  for (size_t i = 1; i < service.periods.size(); ++i) {
    history += Element("ServiceHistoryInstance", PeriodText(service, service.periods[i]));
  }
  return Element("TSPService",
                 Element("ServiceInformation", PeriodText(service, service.periods.front())) +
                     Element("ServiceHistory", history));
}

}  // namespace

ListOperator::ListOperator(const std::string& name) : key(NewRsaKey()) {
  LeafOptions leaf;
  leaf.common_name = name;
  certificate = TestPki::SelfSigned(key.get(), leaf);
}

ListPlan PlanListOfLists(const std::string& location, const std::vector<std::string>& signers) {
  ListPlan plan;
  plan.type = "EUlistofthelists";
  plan.territory = "EU";
  plan.pointers.push_back({"EU", location, signers, plan.type});
  return plan;
}

std::string ListText(const ListPlan& plan) {
  std::string uris, pointers, services;
  for (const std::string& uri : plan.uris) uris += Uri(uri);
  for (const PlannedPointer& it : plan.pointers) pointers += PointerText(it);
  for (const PlannedService& it : plan.services) services += ServiceText(it);
  const std::string provider =
      Element("TrustServiceProvider",
              Element("TSPInformation", Element("TSPName", Name("Prestataire d'essai"))) +
                  Element("TSPServices", services));
  const std::string next = plan.next_update.empty() ? "" : Element("dateTime", plan.next_update);
  return Concat(
      "<TrustServiceStatusList xmlns=\"http://uri.etsi.org/02231/v2#\" "
      "xmlns:a=\"http://uri.etsi.org/02231/v2/additionaltypes#\" Id=\"list\">",
      Element(
          "SchemeInformation",
          Concat(Element("TSLVersionIdentifier", plan.version),
                 Element("TSLSequenceNumber", plan.sequence),
                 Element("TSLType", Concat(kList, "TSLType/", plan.type)),
                 Element("SchemeInformationURI", uris), Element("SchemeTerritory", plan.territory),
                 Element("PointersToOtherTSL", pointers), Element("ListIssueDateTime", plan.issued),
                 Element("NextUpdate", next))),
      plan.services.empty() ? "" : Element("TrustServiceProviderList", provider),
      "</TrustServiceStatusList>");
}

std::string SignedList(const std::string& text, const ListOperator& signer) {
  static const auto kProfiles = xades::ProfileSet::BuiltIn();
  xades::SignerStatement statement;
  statement.signing_time = kSigningTime;
  const auto builder = xades::SignatureBuilder::Create(**kProfiles->Find("budget-act"), statement,
                                                       {signer.certificate});
  Require(builder.ok(), builder.status().ToString());
  xades::SignedElement element;
  element.signature_id = "list_SIG";
  element.element_digest = std::string(32, '\0');
  const std::string signature = builder->Signature(element, "0");
  return Resealed(InsertedBeforeLast(text, "</TrustServiceStatusList>", signature),
                  signer.key.get());
}

std::string QualificationExtension(const std::string& qualifier, const std::string& criteria) {
  return Concat(
      "<Extension Critical=\"true\"><q:Qualifications "
      "xmlns:q=\"http://uri.etsi.org/TrstSvc/SvcInfoExt/eSigDir-1999-93-EC-TrustedList/#\">"
      "<q:QualificationElement><q:Qualifiers><q:Qualifier uri=\"",
      kList, "SvcInfoExt/", qualifier, "\"/></q:Qualifiers>", criteria,
      "</q:QualificationElement></q:Qualifications></Extension>");
}

std::string PolicyCriterion(const std::string& oid) {
  return Concat(
      "<q:CriteriaList assert=\"atLeastOne\"><q:PolicySet><q:PolicyIdentifier>"
      "<x:Identifier xmlns:x=\"http://uri.etsi.org/01903/v1.3.2#\">",
      oid, "</x:Identifier></q:PolicyIdentifier></q:PolicySet></q:CriteriaList>");
}

}  // namespace sceau::test
