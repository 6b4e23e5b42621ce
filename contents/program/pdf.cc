#include "contents/program/pdf.h"

#include <new>
#include <qpdf/QPDF.hh>
#include <qpdf/QPDFExc.hh>

#include "contents/program/page_text.h"
#include "contents/program/pdf_signatures.h"

namespace sceau::contents {
namespace {

void LookAtPages(QPDF& pdf, PdfFacts& facts) {
  const std::vector<QPDFObjectHandle>& pages = pdf.getAllPages();
  if (pages.size() > kMaxPages) throw std::bad_alloc();
  facts.pages = static_cast<int64_t>(pages.size());
  PageTexts texts;
  for (size_t i = 0; i < pages.size(); ++i) {
    const Painting painting = texts.Of(pages[i]);
    facts.repaired |= painting.broken;
    if (painting.broken || painting.text || !painting.paint) continue;
    ++facts.image_only_pages;
    if (facts.image_only.size() < kMaxImageOnlyListed) {
      facts.image_only.push_back(static_cast<int64_t>(i) + 1);
    }
  }
}

}  // namespace

Facts ReadPdf(std::string_view content) {
  QPDF pdf;
  pdf.setSuppressWarnings(true);
  try {
    pdf.processMemoryFile("", content.data(), content.size());
  } catch (const QPDFExc& error) {
    return {error.getErrorCode() == qpdf_e_password ? Outcome::kLocked : Outcome::kUnreadable};
  }
  Facts facts{Outcome::kRead};
  PdfFacts& found = facts.pdf.emplace();
  found.version = pdf.getPDFVersion();
  found.encrypted = pdf.isEncrypted();
  LookAtPages(pdf, found);
  found.signatures = SignaturesOf(pdf);
  found.repaired |= pdf.anyWarnings();
  return facts;
}

}  // namespace sceau::contents
