/** The operations of SQL on FHIR: tables over what is stored. */
package dev.andiron.server.view;
