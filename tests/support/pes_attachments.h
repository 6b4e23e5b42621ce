// Other contents in the attachments of a PES.
#pragma once

#include <string>
#include <string_view>

namespace sceau::test {

// The PES with this content (a PDF, or XML) and this NomPJ in its attachment `index`, from 0.
std::string WithAttachment(std::string pes, size_t index, const std::string& name,
                           std::string_view content);
// The text between `from` and the next `to`, and both, replaced.
std::string WithPart(std::string text, std::string_view from, std::string_view to,
                     std::string_view by);

}  // namespace sceau::test
