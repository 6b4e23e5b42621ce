// What a message of @CTES says of itself: the act (Acte), its envelope, the answers of the
// préfecture (ARActe, AnomalieActe) and the other messages on an act.
//
// Facts as written, none of them trusted.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/file.h"
#include "base/status.h"
#include "schemas/finding.h"
#include "xml/events.h"

namespace sceau::schemas {

inline constexpr std::string_view kActesNamespace =
    "http://www.interieur.gouv.fr/ACTES#v1.1-20040216";

// FichierSigne: a file that travels beside the message, and perhaps its signature.
struct ActeFile {
  std::string element;         // "Document", "Annexe", "Formulaire"
  std::string name;            // NomFichier; empty when there is none, or more than one
  int names = 0;               // NomFichier elements
  bool has_signature = false;  // a Signature element, whatever is in it
  std::string prefix;          // of the element, for what is put into it
  int64_t name_end = -1;       // offset behind NomFichier
  Place place;
};

struct ActeFacts {
  std::string message;         // local name of the root: "Acte", "ARActe", "EnveloppeCLMISILL"
  std::string number;          // NumeroInterne
  std::string date;            // of the decision
  std::string nature;          // CodeNatureActe
  std::string subject;         // Objet
  std::string matter;          // CodeMatiere1 to 5: "7.1.1"
  std::string siren;           // of the collectivité, in an envelope
  std::string annexes_stated;  // Annexes/@Nombre; empty: none
  std::string identifier;      // IDActe: given by the préfecture in ARActe
  std::string reception_date;  // DateReception
  std::string anomaly_date, anomaly_nature, anomaly_detail;  // of AnomalieActe and its like
  std::vector<ActeFile> files;
  Place annexes_place;
  Place place;  // of the root

  // Of messages that answer an act.
  bool IsReceipt() const { return message == "ARActe"; }
  bool IsAnomaly() const { return message == "AnomalieActe" || message == "AnomalieEnveloppe"; }
};

enum class ActeNode : uint8_t;

// Reads them from the events while they pass.
class ActeReader final : public xml::Handler {
 public:
  static constexpr size_t kMaxFiles = 1000;
  static constexpr size_t kMaxText = 2000;  // bytes of one value; the rest is cut

  // Error: kXmlLimitExceeded.
  Status OnStart(const xml::StartElement& element) override;
  Status OnEnd(const xml::EndElement& element) override;
  Status OnText(std::string_view text) override;

  ActeFacts& facts() { return facts_; }
  const ActeFacts& facts() const { return facts_; }
  // Whether the innermost open element is the Signature of the last of the files.
  bool InFileSignature() const;

 private:
  void TakeAttributes(ActeNode node, const xml::StartElement& element);
  void TakeText(ActeNode node, int64_t end);

  ActeFacts facts_;
  std::vector<ActeNode> open_;
  std::string text_;  // of the innermost element that is read
};

// Opens such a message. Errors: those of the parser; kDocumentUnknown for any other document.
StatusOr<ActeFacts> ReadActe(const InputFile& file);

}  // namespace sceau::schemas
