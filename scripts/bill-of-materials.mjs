// The bill of materials (SBOM) as CycloneDX 1.5, made from package-lock.json alone, so that one commit has one.
// It has no time and no serial number, which are optional there: they would make each one differ.

/** What `readRuntimePackages` gave, as one document. */
export function billOfMaterials({ manifest, packages }) {
  const ours = `${manifest.name}@${manifest.version}`;
  const refs = new Set(packages.map(refOf));
  const direct = packages.filter(({ name }) => manifest.dependencies[name] !== undefined).map(refOf);
  return {
    $schema: 'http://cyclonedx.org/schema/bom-1.5.schema.json',
    bomFormat: 'CycloneDX',
    specVersion: '1.5',
    version: 1,
    metadata: {
      lifecycles: [{ phase: 'build' }],
      component: {
        type: 'application',
        'bom-ref': ours,
        name: manifest.name,
        version: manifest.version,
        description: manifest.description,
        licenses: [licenseOf(manifest.license)],
        purl: purlOf(manifest),
      },
    },
    components: packages.map((each) => ({
      type: 'library',
      'bom-ref': refOf(each),
      name: each.name,
      version: each.version,
      scope: 'required',
      hashes: [{ alg: 'SHA-512', content: each.sha512 }],
      licenses: [licenseOf(each.license)],
      purl: purlOf(each),
      ...(each.source === undefined ? {} : { externalReferences: [{ type: 'vcs', url: each.source }] }),
    })),
    dependencies: [
      { ref: ours, dependsOn: direct },
      ...packages.map((each) => ({ ref: refOf(each), dependsOn: each.needs.filter((need) => refs.has(need)) })),
    ],
  };
}

function refOf({ name, version }) {
  return `${name}@${version}`;
}

/** Package URL: only the @ of a scope has to be escaped. */
function purlOf({ name, version }) {
  return `pkg:npm/${name.replace('@', '%40')}@${version}`;
}

function licenseOf(license) {
  return license.includes(' ') ? { expression: license } : { license: { id: license } };
}
