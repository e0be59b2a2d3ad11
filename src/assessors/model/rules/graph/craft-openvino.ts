import { type Example, example } from '../../rule.ts'

/** An intermediate representation of OpenVINO with one layer, for examples (synthetic: as OpenVINO 2024 writes it). */
export function openVino(layer: string, prolog = ''): Example {
  const text = `<?xml version="1.0"?>\n${prolog}<net name="m" version="11">\n\t<layers>\n\t\t<layer id="0" name="x" type="Parameter" version="opset1"><data shape="1,3" element_type="f32" /></layer>\n\t\t${layer}\n\t</layers>\n\t<edges />\n\t<rt_info><MO_version value="2024.1" /></rt_info>\n</net>\n`
  return example('a.xml', text)
}
