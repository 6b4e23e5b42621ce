#include "server/convert_inspection.h"

#include <string>
#include <vector>

#include "absl/strings/escaping.h"
#include "proto/enums.h"
#include "proto/text.h"
#include "server/convert.h"

namespace sceau::server {
namespace {

using wire::To;
using wire::Utf8;

std::string RawOf(const std::string& hex) { return absl::HexStringToBytes(hex); }

v1::Place PlaceAt(int64_t line, int64_t column) {
  return ToWire(Place{.line = line, .column = column});
}

v1::DomainFacts ToWire(const schemas::DomainFacts& facts) {
  v1::DomainFacts wire;
  wire.set_present(facts.present);
  if (facts.info_dematerialisee) wire.set_info_dematerialisee(*facts.info_dematerialisee);
  *wire.mutable_place() = PlaceAt(facts.line, facts.column);
  return wire;
}

v1::Collectivite ToWire(const schemas::Collectivite& collectivite) {
  v1::Collectivite wire;
  wire.set_id_post(collectivite.id_post);
  wire.set_id_coll(collectivite.id_coll);
  wire.set_cod_col(collectivite.cod_col);
  wire.set_cod_bud(collectivite.cod_bud);
  wire.set_libelle(collectivite.libelle);
  return wire;
}

v1::Seal ToWire(const schemas::Seal& seal) {
  v1::Seal wire;
  wire.set_state(To<v1::SealState>(seal.state));
  wire.set_date(seal.date);
  wire.set_md5(seal.stated.md5);
  wire.set_sha1(seal.stated.sha1);
  *wire.mutable_place() = PlaceAt(seal.line, seal.column);
  return wire;
}

v1::BudgetAct ToWire(const schemas::BudgetFacts& act) {
  v1::BudgetAct wire;
  wire.set_schema_version(act.schema_version);
  wire.set_date(act.date);
  wire.set_id_post(act.id_post);
  wire.set_id_coll(act.id_coll);
  wire.set_libelle(act.libelle);
  *wire.mutable_seal() = ToWire(act.seal);
  return wire;
}

v1::Acte ToWire(const schemas::ActeFacts& facts) {
  v1::Acte wire;
  wire.set_message(facts.message);
  wire.set_number(Utf8(facts.number));
  wire.set_date(Utf8(facts.date));
  wire.set_nature(Utf8(facts.nature));
  wire.set_matter(Utf8(facts.matter));
  wire.set_subject(Utf8(facts.subject));
  wire.set_siren(Utf8(facts.siren));
  wire.set_identifier(Utf8(facts.identifier));
  wire.set_reception_date(Utf8(facts.reception_date));
  wire.set_anomaly_date(Utf8(facts.anomaly_date));
  wire.set_anomaly_nature(Utf8(facts.anomaly_nature));
  wire.set_anomaly_detail(Utf8(facts.anomaly_detail));
  return wire;
}

template <typename To>
void AddErrors(const std::vector<schemas::AcquitError>& errors, To& into) {
  for (const schemas::AcquitError& it : errors) {
    v1::AcquitError& error = *into.add_errors();
    error.set_code(Utf8(it.code));
    error.set_text(Utf8(it.text));
    error.set_line(Utf8(it.line));
  }
}

v1::OpenedContent ToWire(const schemas::OpenedContent& opened) {
  v1::OpenedContent wire;
  if (opened.facts.pdf) {
    const contents::PdfFacts& pdf = *opened.facts.pdf;
    v1::Pdf& it = *wire.mutable_pdf();
    it.set_version(pdf.version);
    it.set_pages(pdf.pages);
    it.set_image_only_pages(pdf.image_only_pages);
    it.set_encrypted(pdf.encrypted);
    it.set_damaged(pdf.repaired);
  }
  if (opened.facts.zip) wire.mutable_zip()->set_total(opened.facts.zip->total);
  if (opened.document) {
    const schemas::Inspection& document = *opened.document;
    v1::ContainedDocument& it = *wire.mutable_document();
    it.set_kind(To<v1::Kind>(document.kind));
    it.set_schema_set(document.schema_set);
    it.set_encoding(document.encoding);
    *it.mutable_collectivite() = ToWire(document.pes.collectivite);
    if (document.budget) *it.mutable_budget_act() = ToWire(*document.budget);
  }
  return wire;
}

}  // namespace

v1::InspectedFile ToWireFile(const schemas::Inspection& inspection) {
  v1::InspectedFile wire;
  wire.set_kind(To<v1::Kind>(inspection.kind));
  wire.set_schema_set(inspection.schema_set);
  wire.set_encoding(inspection.encoding);
  wire.set_size(inspection.size);
  wire.set_sha256(RawOf(inspection.sha256));
  const schemas::PesFacts& pes = inspection.pes;
  wire.set_root_qname(pes.root_qname);
  if (pes.root_id) wire.set_root_id(*pes.root_id);
  wire.set_root_signatures(pes.root_signatures);
  *wire.mutable_collectivite() = ToWire(pes.collectivite);
  *wire.mutable_depense() = ToWire(pes.depense);
  *wire.mutable_recette() = ToWire(pes.recette);
  if (inspection.budget) *wire.mutable_budget_act() = ToWire(*inspection.budget);
  if (inspection.acte) *wire.mutable_acte() = ToWire(*inspection.acte);
  if (inspection.acquit) {
    wire.mutable_acquit()->set_file_name(inspection.acquit->file_name);
    *wire.mutable_acquit()->mutable_collectivite() = ToWire(inspection.acquit->collectivite);
  }
  if (inspection.opened != nullptr) *wire.mutable_content() = ToWire(*inspection.opened);
  return wire;
}

v1::Budget ToWire(const schemas::Budget& budget) {
  v1::Budget wire;
  wire.set_label(budget.label);
  wire.set_siret(budget.siret);
  wire.set_cod_col(budget.cod_col);
  wire.set_cod_bud(budget.cod_bud);
  wire.set_nomenclature(budget.nomenclature);
  wire.set_nat_dec(budget.nat_dec);
  wire.set_exercice(budget.exercice);
  wire.set_lines(budget.lines);
  for (const schemas::Annex& it : budget.summary) {
    v1::Annex& annex = *wire.add_annexes();
    annex.set_code(it.code);
    annex.set_present(it.present);
  }
  *wire.mutable_place() = PlaceAt(budget.line, budget.column);
  return wire;
}

v1::ActeFile ToWire(const schemas::ActeFile& file) {
  v1::ActeFile wire;
  wire.set_element(file.element);
  wire.set_name(Utf8(file.name));
  wire.set_has_signature(file.has_signature);
  *wire.mutable_place() = ToWire(file.place);
  return wire;
}

v1::AcquitEntry ToWire(const schemas::AcquitElement& element) {
  v1::AcquitEntry wire;
  v1::AcquitElement& it = *wire.mutable_element();
  it.set_domain(element.domain);
  it.set_accepted(element.accepted);
  it.set_number(element.number);
  it.set_exercice(element.exercice);
  it.set_id_unique(element.id_unique);
  AddErrors(element.errors, it);
  *it.mutable_place() = ToWire(element.place);
  return wire;
}

v1::AcquitEntry ToWire(const schemas::AcquitPiece& piece) {
  v1::AcquitEntry wire;
  wire.mutable_piece()->set_number(piece.number);
  AddErrors(piece.errors, *wire.mutable_piece());
  return wire;
}

v1::PdfSignature ToWire(const contents::PdfSignature& signature) {
  v1::PdfSignature wire;
  wire.set_field(Utf8(signature.field));
  wire.set_sub_filter(Utf8(signature.sub_filter));
  wire.set_name(Utf8(signature.name));
  wire.set_claimed_time(Utf8(signature.date));
  wire.set_type(Utf8(signature.type));
  wire.set_reason(Utf8(signature.reason));
  wire.set_location(Utf8(signature.location));
  return wire;
}

v1::ZipMember ToWire(const contents::ZipMember& member) {
  v1::ZipMember wire;
  wire.set_name(Utf8(member.name));
  wire.set_size(member.size);
  wire.set_encrypted(member.encrypted);
  return wire;
}

v1::Bordereau ToWire(const schemas::Bordereau& bordereau) {
  v1::Bordereau wire;
  wire.set_domain(To<v1::Domain>(bordereau.domain));
  wire.set_ordinal(bordereau.ordinal);
  if (bordereau.id) wire.set_id(*bordereau.id);
  wire.set_ref(bordereau.Ref());
  wire.set_exercice(bordereau.exercice);
  wire.set_type(bordereau.type);
  wire.set_number(bordereau.number);
  wire.set_date(bordereau.date);
  wire.set_amount_ht(bordereau.amount_ht);
  wire.set_pieces(bordereau.pieces);
  for (const std::string& id : bordereau.pieces_justificatives) wire.add_pieces_justificatives(id);
  wire.set_signatures(bordereau.signatures);
  *wire.mutable_place() = PlaceAt(bordereau.line, bordereau.column);
  return wire;
}

v1::PieceJustificative ToWire(const schemas::PieceJustificative& piece) {
  v1::PieceJustificative wire;
  wire.set_id(piece.id);
  wire.set_name(Utf8(piece.name));
  wire.set_type(Utf8(piece.type));
  wire.set_mime_type(Utf8(piece.mime_type));
  if (piece.size) {
    wire.set_size(*piece.size);
    wire.set_content_type(To<v1::ContentType>(piece.content));
  }
  wire.set_sha256(RawOf(piece.sha256));
  *wire.mutable_place() = PlaceAt(piece.line, piece.column);
  if (piece.opened != nullptr) *wire.mutable_content() = ToWire(*piece.opened);
  return wire;
}

v1::SignatureFacts ToWire(const schemas::SignatureFacts& facts) {
  v1::SignatureFacts wire;
  wire.set_id(facts.id);
  wire.set_scope(To<v1::Scope>(facts.scope));
  wire.set_of(Utf8(facts.of));
  return wire;
}

}  // namespace sceau::server
