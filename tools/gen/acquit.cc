#include "tools/gen/acquit.h"

#include <algorithm>

#include "absl/strings/numbers.h"
#include "base/strings.h"
#include "tools/gen/attachment.h"
#include "tools/gen/envelope.h"
#include "tools/gen/xml_writer.h"

namespace sceau::gen {
namespace {

struct Words {
  std::string_view code, text;
};
constexpr Words kLineError = {"ERREUR_AUTRE", "1971 - Compte fonction présent à tort"};
constexpr Words kBordereauError = {"ERREUR_DOUBLON_BORDEREAU",
                                   "1203 - Le bordereau a déjà été intégré"};
constexpr Words kAttachmentError = {"ERREUR_DOUBLON_PJ",
                                    "1984 - L'identifiant unique de la PJ a déjà été intégré"};

void WriteError(const Words& words, XmlWriter& xml) {
  xml.Open("Erreur");
  xml.Value("NumAnoAck", words.code);
  xml.Value("LibelleAnoAck", words.text);
  xml.Close();
}

void WriteBordereau(const Plan& plan, const AcquitSpec& spec, Domain domain, int64_t bordereau,
                    XmlWriter& xml) {
  std::vector<int64_t> pieces;
  bool whole = false;
  for (const AcquitSpec::Refusal& it : spec.refusals) {
    if (it.domain != domain || it.bordereau != bordereau) continue;
    whole |= it.piece < 0;
    if (it.piece >= 0) pieces.push_back(it.piece);
  }
  xml.Open("ElementACQUIT");
  xml.Value("DomaineAck", domain == Domain::kDepense ? "5" : "6");
  xml.Value("EtatAck", whole || !pieces.empty() ? "0" : "1");
  xml.Value("NumBord", plan.IdBord(domain, bordereau));
  xml.Value("ExerciceBord", plan.spec().exercice);
  if (whole) WriteError(kBordereauError, xml);
  for (const int64_t piece : pieces) {
    xml.Open("DetailPiece");
    xml.Value("NumPiece", plan.IdPce({domain, bordereau, piece}));
    xml.Open("DetailLigne");
    xml.Value("NumLigne", "1");
    WriteError(kLineError, xml);
    xml.Close();
    xml.Close();
  }
  xml.Close();
}

void WriteAttachment(const Plan& plan, const AcquitSpec& spec, int64_t number, XmlWriter& xml) {
  const bool refused =
      std::count(spec.refused_attachments.begin(), spec.refused_attachments.end(), number) > 0;
  xml.Open("ElementACQUIT");
  xml.Value("DomaineAck", "4");
  xml.Value("EtatAck", refused ? "0" : "1");
  xml.Value("IdUnique", IdUniqueOf(plan, number));
  if (refused) WriteError(kAttachmentError, xml);
  xml.Close();
}

}  // namespace

Status AddRefusal(std::string_view text, AcquitSpec& spec) {
  const Status wrong = Error(Reason::kUsage, Concat("--refuse ", text));
  int64_t number = 0;
  if (text.starts_with("PJ")) {
    if (!absl::SimpleAtoi(Absl(text.substr(2)), &number) || number < 1) return wrong;
    spec.refused_attachments.push_back(number - 1);
    return OkStatus();
  }
  if (!text.starts_with('D') && !text.starts_with('R')) return wrong;
  AcquitSpec::Refusal refusal;
  refusal.domain = text.front() == 'D' ? Domain::kDepense : Domain::kRecette;
  const size_t slash = text.find('/');
  if (!absl::SimpleAtoi(Absl(text.substr(1, slash == text.npos ? slash : slash - 1)), &number) ||
      number < 1) {
    return wrong;
  }
  refusal.bordereau = number - 1;
  if (slash != text.npos) {
    if (!absl::SimpleAtoi(Absl(text.substr(slash + 1)), &number) || number < 1) return wrong;
    refusal.piece = number - 1;
  }
  spec.refusals.push_back(refusal);
  return OkStatus();
}

Status WriteAcquit(const PesSpec& pes, const AcquitSpec& acquit, const Sink& sink) {
  SCEAU_RETURN_IF_ERROR(CheckSpec(pes));
  const Plan plan(pes);
  XmlWriter xml(pes.layout, pes.seed, sink);
  xml.Prolog();
  xml.Open("n:PES_ACQUIT",
           {{"xmlns:n", "http://www.minefi.gouv.fr/cp/helios/pes_v2/Rev0/retour/v2"}});
  WriteEnveloppe(plan, xml);
  WriteEnTetePes(plan, xml);
  xml.Open("ACQUIT");
  xml.Open("EnTeteAcquit");
  xml.Value("IdVer", "2");
  xml.Close();
  for (int64_t number = 0; number < pes.attachments; ++number) {
    WriteAttachment(plan, acquit, number, xml);
  }
  for (const Domain domain : {Domain::kDepense, Domain::kRecette}) {
    for (int64_t bordereau = 0; bordereau < plan.Bordereaux(domain); ++bordereau) {
      WriteBordereau(plan, acquit, domain, bordereau, xml);
    }
  }
  xml.Close();
  xml.Close();
  xml.Epilog();
  return xml.status();
}

StatusOr<std::string> AcquitText(const PesSpec& pes, const AcquitSpec& acquit) {
  std::string out;
  SCEAU_RETURN_IF_ERROR(WriteAcquit(pes, acquit, [&](std::string_view bytes) {
    out.append(bytes);
    return OkStatus();
  }));
  return out;
}

}  // namespace sceau::gen
