#include "tools/gen/attachment.h"

#include <string>
#include <string_view>

#include "absl/strings/str_format.h"
#include "base/strings.h"
#include "tools/gen/field_data.h"
#include "tools/gen/gzip.h"
#include "tools/gen/pdf.h"

namespace sceau::gen {
namespace {

struct Attachment {
  PiecePlace place;
  std::string id_unique;
  std::string name;
  std::string_view type;
  std::string_view description;
};

Attachment AttachmentAt(const Plan& plan, int64_t number) {
  Attachment out;
  out.place = plan.PieceOf(number);
  const bool depense = out.place.domain == Domain::kDepense;
  Random words = plan.WordsOfAttachment(number);
  const Document& document =
      depense ? words.Pick(kDepenseDocuments) : words.Pick(kRecetteDocuments);
  // Unique for the collectivité over the years: the seed tells two files apart.
  out.id_unique = IdUniqueOf(plan, number);
  out.name = Concat(document.file_name, "_", number + 1, ".pdf");
  out.type = depense ? "003" : "002";
  out.description = document.description;
  return out;
}

PdfText TextOf(const Plan& plan, const Attachment& attachment) {
  const bool depense = attachment.place.domain == Domain::kDepense;
  return {
      std::string(attachment.description),
      {Concat("Commune de ", plan.collectivite().place, ", exercice ", plan.spec().exercice),
       Concat(depense ? "Mandat n° " : "Titre n° ", plan.IdPce(attachment.place), ", bordereau n° ",
              plan.IdBord(attachment.place.domain, attachment.place.bordereau)),
       Concat("Pièce justificative ", attachment.id_unique),
       "Vérifiée, arrêtée et certifiée : été, forêt, château, maïs, où, ça, Noël."}};
}

void WriteRefCompta(const Plan& plan, const Attachment& attachment, XmlWriter& xml) {
  xml.Open("RefCompta");
  xml.Value("Domaine", "01");
  xml.Value("Exercice", plan.spec().exercice);
  xml.Value("TypeObjet", "01");
  xml.Value("Identifiant", plan.IdPce(attachment.place));
  xml.Close();
}

void WritePj(const Plan& plan, int64_t number, XmlWriter& xml) {
  const Attachment attachment = AttachmentAt(plan, number);
  xml.Open("PJ");
  xml.Open("Contenu");
  xml.OpenBase64("Fichier", {{"MIMEType", "application/pdf"}});
  GzipBase64 gzip([&](std::string_view text) { xml.AppendBase64(text); });
  WritePdf(TextOf(plan, attachment), plan.spec().attachment_size, plan.WordsOfAttachment(number),
           {[&](std::string_view bytes) { gzip.Append(bytes, GzipBase64::Kind::kText); },
            [&](std::string_view bytes) { gzip.Append(bytes, GzipBase64::Kind::kNoise); }});
  gzip.Finish();
  xml.CloseBase64();
  xml.Close();
  xml.Value("IdUnique", attachment.id_unique);
  xml.Value("NomPJ", attachment.name);
  xml.Value("TypePJ", attachment.type);
  xml.Value("Description", attachment.description);
  // Sent after its mandat: the reference to it takes the place of the mandat's PJRef.
  if (plan.PieceCount() == 0) WriteRefCompta(plan, attachment, xml);
  xml.Close();
}

}  // namespace

std::string IdUniqueOf(const Plan& plan, int64_t number) {
  return absl::StrFormat("PJ%dS%dN%07d", plan.spec().exercice, plan.spec().seed, number + 1);
}

void WritePjRefs(const Plan& plan, const PiecePlace& place, XmlWriter& xml) {
  const AttachmentRange range = plan.AttachmentsOf(place);
  for (int64_t number = range.first; number < range.last; ++number) {
    const Attachment attachment = AttachmentAt(plan, number);
    xml.Open("PJRef");
    xml.Value("Support", "01");
    xml.Value("IdUnique", attachment.id_unique);
    xml.Value("NomPJ", attachment.name);
    xml.Value("TypePJ", attachment.type);
    xml.Close();
  }
}

void WritePesPj(const Plan& plan, XmlWriter& xml) {
  xml.Open("PES_PJ");
  xml.Open("EnTetePES_PJ");
  xml.Value("IdVer", "1");
  xml.Close();
  for (int64_t number = 0; number < plan.spec().attachments && xml.status().ok(); ++number) {
    WritePj(plan, number, xml);
  }
  xml.Close();
}

}  // namespace sceau::gen
